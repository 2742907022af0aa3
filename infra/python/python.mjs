// CPython's own command line, with this machine's folders in place of the empty ones it would see.
import { readdirSync, statSync } from "node:fs";
import { loadPyodide } from "pyodide";

const ITS_OWN = ["dev", "lib", "proc", "sys"];

const python = await loadPyodide({
  args: process.argv.slice(2),
  env: { ...process.env, HOME: process.env.HOME ?? "/", PYTHONINSPECT: "" },
  fsInit: async (files) => {
    for (const name of readdirSync("/")) {
      if (ITS_OWN.includes(name) || !statSync(`/${name}`, { throwIfNoEntry: false })?.isDirectory()) continue;
      files.mkdirTree(`/${name}`);
      files.mount(files.filesystems.NODEFS, { root: `/${name}` }, `/${name}`);
    }
    files.chdir(process.cwd());
  },
});
python.setStdout();
python.setStderr();
let status;
try {
  status = python._module._run_main();
  // Without sys.exit nothing has ended the interpreter, which still holds what was written last.
  python.runPython("import sys; sys.stdout.flush()");
} catch (error) {
  if (error.status === undefined) throw error;
  status = error.status;
}
process.exit(status);
