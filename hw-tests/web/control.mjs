// What junctord itself says: the control API over its Unix socket, to compare the page with.

import { request } from "node:http";

export function ask(socketPath, path) {
  return new Promise((resolve, reject) => {
    const asked = request({ socketPath, path, headers: { host: "junctor" } }, (answer) => {
      let body = "";
      answer.setEncoding("utf8");
      answer.on("data", (piece) => (body += piece));
      answer.on("end", () => {
        if (answer.statusCode === 200) resolve(JSON.parse(body));
        else reject(new Error(`GET ${path}: status ${answer.statusCode}: ${body}`));
      });
    });
    asked.on("error", reject);
    asked.end();
  });
}
