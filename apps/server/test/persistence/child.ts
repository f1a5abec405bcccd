import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'

/** Runs a script beside this file on the same Node, as a process of its own. */
export function runScript(script: string, ...args: readonly string[]): ChildProcess {
  const path = join(import.meta.dirname, script)
  return spawn(process.execPath, ['--conditions=@stayward/source', path, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
}

/** The first line it prints, as JSON; its complaints when it ends without one. */
export async function firstLine(child: ChildProcess): Promise<Record<string, unknown>> {
  let said = ''
  child.stderr?.on('data', (chunk: Buffer) => (said += chunk.toString()))
  const ended = once(child, 'close').then(() => {
    throw new Error(`The script printed nothing: ${said}`)
  })
  const { stdout } = child
  if (!stdout) throw new Error('The script has no output.')
  const [line] = await Promise.race([once(stdout, 'data'), ended])
  return JSON.parse(String(line)) as Record<string, unknown> // what our own scripts print
}
