import { readFileSync, statSync, writeFileSync } from 'node:fs'

/** What a command is given of the machine around it. */
export interface Io {
  readonly env: Readonly<Record<string, string | undefined>>
  /** Whole lines, the end of line not included. */
  out(line: string): void
  err(line: string): void
  /** A file's text. `-` is standard input. */
  read(path: string): Promise<string>
  /** Makes a file that only its owner may read. One that is there already is not touched: that is an error. */
  write(path: string, bytes: Uint8Array): Promise<void>
  /** Whether others on this machine may read the file; `false` where that cannot be told. */
  isOpenToOthers(path: string): boolean
  /** Resolves when the process is asked to stop. */
  stopRequested(): Promise<void>
}

export const processIo: Io = {
  env: process.env,
  out: (line) => void process.stdout.write(`${line}\n`),
  err: (line) => void process.stderr.write(`${line}\n`),
  read: async (path) => (path === '-' ? await standardInput() : readFileSync(path, 'utf8')),
  write: async (path, bytes) => writeFileSync(path, bytes, { mode: 0o600, flag: 'wx' }),
  isOpenToOthers: (path) => path !== '-' && process.platform !== 'win32' && (statSync(path).mode & 0o077) !== 0,
  stopRequested: () =>
    new Promise((asked) => {
      for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => asked())
    }),
}

async function standardInput(): Promise<string> {
  if (process.stdin.isTTY) process.stderr.write('Paste it here, then press Enter and Ctrl-D:\n')
  const chunks: Buffer[] = []
  for await (const chunk of process.stdin) chunks.push(chunk as Buffer) // no encoding is set, so chunks are bytes
  return Buffer.concat(chunks).toString('utf8')
}
