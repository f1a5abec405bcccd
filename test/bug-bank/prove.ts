import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import type { Bug } from './bug.ts'
import { variable } from './planted.ts'

const repository = fileURLToPath(new URL('../..', import.meta.url))
const preload = pathToFileURL(join(import.meta.dirname, 'preload.ts')).href
const hunter = join(import.meta.dirname, 'hunt.ts')
const stagehand = join(import.meta.dirname, 'stagehand.ts')

export interface Proven {
  readonly caught: boolean
  /** The invariant of the simulated world, or the first test that failed; what happened instead when none did. */
  readonly by: string
  /** Random runs until an invariant broke. */
  readonly runsNeeded?: number
}

export interface HuntLimits {
  readonly runs: number
  readonly seconds: number
}

/** What one hunt through random runs came to. */
export interface Hunted {
  readonly runs: number
  /** The invariant that was broken, or the name of the error that was thrown. */
  readonly violation?: string
  readonly seed?: number
}

/** What the canonical scenarios came to. */
export interface Staged {
  readonly runs: number
  readonly violation?: string
  /** Of the variation: `7/call/12-timeout-after`. */
  readonly name?: string
}

/** So many random runs are a matter of seconds; after them come the scenarios, and then all the other random runs. */
const few = 150

/** Random runs and scenarios first where they are to find the bug; its own tests where they are not, or did not within the limits. */
export async function seek(bug: Bug, limits: HuntLimits): Promise<Proven> {
  const met = bug.simulated
    ? ((await meet(bug, { ...limits, runs: Math.min(few, limits.runs) })) ??
      (await meetOnStage(bug)) ??
      (await meet(bug, limits, few)))
    : undefined
  return met ?? (await prove(bug))
}

/** Random runs until one fails that passes without the bug: a seed that fails anyway says nothing about it. */
async function meet(bug: Bug, { runs, seconds }: HuntLimits, before = 0): Promise<Proven | undefined> {
  const end = performance.now() + seconds * 1000
  let played = before
  while (played < runs && performance.now() < end) {
    const left = { runs: runs - played, seconds: (end - performance.now()) / 1000 }
    const hunted = await hunt(left, bug, played + 1)
    const { violation, seed } = hunted
    played += hunted.runs
    if (seed === undefined) return undefined
    const { violation: anyway } = await hunt({ runs: 1, seconds }, undefined, seed)
    if (anyway === undefined)
      return { caught: true, by: `simulation: ${violation} at seed ${seed}`, runsNeeded: played }
  }
  return undefined
}

/** The canonical scenarios, which are few: the plain ones, then some of their variations. */
async function meetOnStage(bug: Bug): Promise<Proven | undefined> {
  const { violation, name, runs } = await playOnStage(bug, [])
  if (violation === undefined || name === undefined) return undefined
  const anyway = await playOnStage(undefined, ['--replay', name])
  if (anyway.violation !== undefined) return undefined
  return { caught: true, by: `scenario:${name} ${violation}`, runsNeeded: runs }
}

async function playOnStage(bug: Bug | undefined, more: readonly string[]): Promise<Staged> {
  const args = ['--conditions=@stayward/source', '--disable-warning=ExperimentalWarning', '--import', preload]
  const { output, errors } = await run('node', [...args, stagehand, ...more], bug ? { [variable]: String(bug.id) } : {})
  const line = output.trim().split('\n').at(-1) ?? ''
  if (!line.startsWith('{')) throw new Error(`The scenarios were not played: ${errors.trim().slice(-500)}`)
  return JSON.parse(line) as Staged // as stagehand.ts writes it
}

async function hunt({ runs, seconds }: HuntLimits, bug: Bug | undefined, from = 1): Promise<Hunted> {
  const limits = ['--from', String(from), '--runs', String(runs), '--seconds', String(seconds)]
  const { output, errors } = await run(
    'node',
    ['--conditions=@stayward/source', '--disable-warning=ExperimentalWarning', '--import', preload, hunter, ...limits],
    bug ? { [variable]: String(bug.id) } : {},
  )
  const line = output.trim().split('\n').at(-1) ?? ''
  if (!line.startsWith('{')) throw new Error(`The simulated world did not run: ${errors.trim().slice(-500)}`)
  return JSON.parse(line) as Hunted // as hunt.ts writes it
}

interface Report {
  readonly numTotalTests: number
  readonly testResults: readonly {
    readonly name: string
    readonly message: string
    readonly assertionResults: readonly {
      readonly fullName: string
      readonly status: string
      readonly failureMessages?: readonly string[]
    }[]
  }[]
}

/** Runs a bug's own tests with the bug planted. Caught means that a test failed; a file that does not load proves nothing. */
async function prove({ id, proof }: Bug): Promise<Proven> {
  const { project, files, names } = proof
  const folder = await mkdtemp(join(tmpdir(), 'stayward-bug-'))
  const file = join(folder, 'report.json')
  let report: Report
  try {
    const named = names === undefined ? [] : ['-t', names]
    const reporting = ['--bail=1', '--reporter=json', `--outputFile=${file}`]
    const { errors } = await run('vitest', ['run', '--project', project, ...reporting, ...named, ...files], {
      [variable]: String(id),
    })
    const text = existsSync(file) ? await readFile(file, 'utf8') : undefined
    if (text === undefined) return { caught: false, by: `the tests did not run: ${errors.trim().slice(-500)}` }
    report = JSON.parse(text) as Report // vitest's own JSON reporter
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
  for (const { assertionResults } of report.testResults) {
    const failed = assertionResults.find(({ status }) => status === 'failed')
    if (failed) return { caught: true, by: `test: ${failed.fullName}${afterTime(failed.failureMessages)}` }
  }
  const broken = report.testResults.find(({ message }) => message !== '')
  if (broken) return { caught: false, by: `${broken.name} did not run: ${broken.message}` }
  return { caught: false, by: `nothing: ${report.numTotalTests} tests passed` }
}

/** Said because a busy machine can do that, too. */
function afterTime(messages: readonly string[] | undefined): string {
  return messages?.some((message) => message.includes('timed out in')) ? ' (it ran out of time)' : ''
}

interface Ran {
  readonly code: number
  readonly output: string
  readonly errors: string
}

/** Runs one of the repository's programs to its end. */
function run(program: string, args: readonly string[], variables: Readonly<Record<string, string>> = {}): Promise<Ran> {
  const child = spawn(join(repository, 'node_modules/.bin', program), args, {
    cwd: repository,
    env: { ...process.env, NO_COLOR: '1', ...variables },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const output: Buffer[] = []
  const errors: Buffer[] = []
  child.stdout.on('data', (chunk: Buffer) => output.push(chunk))
  child.stderr.on('data', (chunk: Buffer) => errors.push(chunk))
  return new Promise((done, failed) => {
    child.once('error', failed)
    child.once('close', (code) =>
      done({ code: code ?? 1, output: Buffer.concat(output).toString(), errors: Buffer.concat(errors).toString() }),
    )
  })
}
