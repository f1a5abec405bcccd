import { type ChildProcess, spawn } from 'node:child_process'
import { resolve } from 'node:path'
import { createInterface } from 'node:readline'

/** A part of a bench that runs as a process of its own, so that it is measured, or measures, undisturbed. */
export interface Child<Ready> {
  readonly pid: number
  /** What it said when it was ready. */
  readonly ready: Ready
  /** Asks it something and waits for the answer; one question at a time. */
  ask<Answer>(question: unknown): Promise<Answer>
  /** Lets it end in order. */
  stop(): Promise<void>
  /** Ends it as a power cut would. */
  kill(): Promise<void>
}

/**
 * Starts a file of this folder, or one by its full path; `argument` is its first one, as JSON. It talks in lines of JSON:
 * first that it is ready, then one answer for each question. It ends when its standard input does, and so also when this
 * process is killed.
 */
export async function startChild<Ready>(file: string, argument: unknown = {}): Promise<Child<Ready>> {
  const flags = ['--conditions=@stayward/source', '--disable-warning=ExperimentalWarning']
  const child = spawn(process.execPath, [...flags, resolve(import.meta.dirname, file), JSON.stringify(argument)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const next = async <T>(): Promise<T> => {
    const { value, done } = await lines.next()
    if (done) throw new Error(`${file} ended before it answered; what it said stands above.`)
    return JSON.parse(value) as T // both ends are files of this folder and agree on the shape
  }
  const ready = await next<Ready>()
  return {
    pid: child.pid ?? 0,
    ready,
    ask: (question) => {
      child.stdin.write(`${JSON.stringify(question)}\n`)
      return next()
    },
    stop: () => end(child, () => child.stdin.end()),
    kill: () => end(child, () => child.kill('SIGKILL')),
  }
}

async function end(child: ChildProcess, how: () => void): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exited = new Promise((done) => child.once('exit', done))
  how()
  const hard = setTimeout(() => child.kill('SIGKILL'), 15_000)
  await exited
  clearTimeout(hard)
}

/** The child's side: says that it is ready, answers questions, and cleans up when nobody can ask any more. */
export async function serve(
  ready: unknown,
  answer: (question: never) => Promise<unknown>,
  end: () => Promise<void>,
): Promise<void> {
  const say = (line: unknown) => process.stdout.write(`${JSON.stringify(line)}\n`)
  say(ready)
  for await (const line of createInterface({ input: process.stdin })) {
    say(await answer(JSON.parse(line) as never)) // what the other end asks, and it knows this file
  }
  await end()
  process.exit(0)
}

/** What the other end gave as the child's argument; each file knows what it is started with. */
export function given(): unknown {
  return JSON.parse(process.argv[2] ?? '{}')
}
