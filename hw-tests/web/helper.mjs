// The other side of the test's standard input and output: whoever started it places and ends calls when asked.
//
//   test prints    need: call              helper writes    done
//
// A person may answer by hand. Needs: call, call-end, outage, recovery.

import { createInterface } from "node:readline";

const answers = createInterface({ input: process.stdin })[Symbol.asyncIterator]();

export async function need(what) {
  console.log(`need: ${what}`);
  const { value, done } = await answers.next();
  if (done) throw new Error(`nobody answered "need: ${what}"`);
  if (value.trim() !== "done") throw new Error(`"need: ${what}" was answered by "${value}", expected "done"`);
}
