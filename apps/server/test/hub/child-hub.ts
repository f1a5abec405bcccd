import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { resolve } from 'node:path'
import { until } from '../../src/demo/hub-client.ts'

export interface ChildHub {
  readonly child: ChildProcess
  /** What it has printed so far. */
  out(): string
  complaints(): string
  /** Resolves to its address, once it listens. Rejects when it ends before, or takes longer than `patience` ms. */
  listening(patience?: number): Promise<string>
  /** Resolves when it has ended, to its exit code or the signal that ended it. */
  readonly ended: Promise<number | NodeJS.Signals>
  /** Resolves when it has ended. */
  end(signal: NodeJS.Signals): Promise<number | NodeJS.Signals>
}

/** Runs a program of the hub, or one by its full path, as a process of its own, with these settings and no others. */
export function runChild(
  program: 'main.ts' | 'demo/main.ts' | `/${string}`,
  env: Readonly<Record<string, string>>,
  flags: readonly string[] = [],
): ChildHub {
  const script = resolve(import.meta.dirname, '..', '..', 'src', program)
  const { PATH = '', HOME = '', NODE_COMPILE_CACHE: compiled } = process.env
  const child = spawn(process.execPath, ['--conditions=@stayward/source', script, ...flags], {
    env: { PATH, HOME, ...(compiled === undefined ? {} : { NODE_COMPILE_CACHE: compiled }), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let out = ''
  let complaints = ''
  child.stdout?.on('data', (chunk: Buffer) => (out += chunk.toString()))
  child.stderr?.on('data', (chunk: Buffer) => (complaints += chunk.toString()))
  let over: number | NodeJS.Signals | undefined
  const ended = once(child, 'close').then((close) => {
    const [code, signal] = close as [number | null, NodeJS.Signals | null] // as node documents it
    over = code ?? signal ?? 1
    return over
  })
  return {
    child,
    out: () => out,
    complaints: () => complaints,
    listening: (patience) =>
      until(
        'the hub listens',
        async () => {
          if (over !== undefined) return `ended with ${over}: ${out}${complaints}`
          return /Stayward listens on (\S+)\./.exec(out)?.[1]
        },
        patience,
      ).then((said) => {
        if (!said.startsWith('http')) throw new Error(said)
        return said
      }),
    ended,
    end: async (signal) => {
      if (over === undefined) child.kill(signal)
      return await ended
    },
  }
}
