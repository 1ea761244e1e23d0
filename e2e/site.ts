// A static web server for the built page, at a free port and below a path, as on a server that is
// not ours: it proves that the site has only relative paths.
import { createServer, type Server } from 'node:http';
import { readFile, stat } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { extname, join, resolve, sep } from 'node:path';

/** The path below which the page is served. */
export const BASE = '/some/sub/path/';

// Browsers compile wasm while it arrives only when its type is right.
const TYPES: Record<string, string> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.jsonl': 'text/plain; charset=utf-8',
  '.md': 'text/plain; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.wasm': 'application/wasm',
  '.webmanifest': 'application/manifest+json',
  '.woff2': 'font/woff2',
};

/** A running server. */
export interface Site {
  /** The page's address, with a slash at its end. */
  url: string;
  /** Ends the server. */
  close(): Promise<void>;
}

async function fileFor(folder: string, path: string): Promise<string | undefined> {
  if (!path.startsWith(BASE)) return undefined;
  let file = resolve(folder, `.${sep}${path.slice(BASE.length)}`);
  if (file !== folder && !file.startsWith(folder + sep)) return undefined;
  const found = await stat(file).catch(() => undefined);
  if (found?.isDirectory()) file = join(file, 'index.html');
  return file;
}

/** Serves a folder on 127.0.0.1. */
export async function serve(folder: string): Promise<Site> {
  const root = resolve(folder);
  await stat(join(root, 'index.html')).catch(() => {
    throw new Error(`${root} holds no built page: run \`cargo xtask test browser\``);
  });
  const server: Server = createServer(async (request, response) => {
    try {
      const path = decodeURIComponent(new URL(request.url ?? '/', 'http://localhost').pathname);
      // Asked for by the browser, not by the page, where the page names no icon.
      if (path === '/favicon.ico') {
        response.writeHead(204).end();
        return;
      }
      const file = await fileFor(root, path);
      const body = file === undefined ? undefined : await readFile(file).catch(() => undefined);
      if (file === undefined || body === undefined) {
        response.writeHead(404, { 'content-type': 'text/plain' }).end('not found');
        return;
      }
      const type = TYPES[extname(file).toLowerCase()] ?? 'application/octet-stream';
      response.writeHead(200, { 'content-type': type, 'cache-control': 'no-store' }).end(body);
    } catch {
      response.writeHead(400).end();
    }
  });
  await new Promise<void>((ready, failed) => {
    server.once('error', failed);
    server.listen(0, '127.0.0.1', ready);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}${BASE}`,
    close: () =>
      new Promise((done) => {
        server.close(() => done());
        // A browser keeps connections open; closing would wait for them.
        server.closeAllConnections();
      }),
  };
}
