import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import type { Bug } from './bug.ts'
import { variable } from './planted.ts'

export const repository = fileURLToPath(new URL('../..', import.meta.url))
export const preload = pathToFileURL(join(import.meta.dirname, 'preload.ts')).href

export interface Proven {
  readonly caught: boolean
  /** The first test that failed, or what went wrong instead. */
  readonly by: string
}

interface Report {
  readonly numTotalTests: number
  readonly testResults: readonly {
    readonly name: string
    readonly message: string
    readonly assertionResults: readonly { readonly fullName: string; readonly status: string }[]
  }[]
}

/** Runs a bug's own tests with the bug planted. Caught means that a test failed; a file that does not load proves nothing. */
export async function prove({ id, proof }: Bug): Promise<Proven> {
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
    if (failed) return { caught: true, by: failed.fullName }
  }
  const broken = report.testResults.find(({ message }) => message !== '')
  if (broken) return { caught: false, by: `${broken.name} did not run: ${broken.message}` }
  return { caught: false, by: `nothing: ${report.numTotalTests} tests passed` }
}

interface Ran {
  readonly code: number
  readonly output: string
  readonly errors: string
}

/** Runs one of the repository's programs to its end. */
export function run(
  program: string,
  args: readonly string[],
  variables: Readonly<Record<string, string>> = {},
): Promise<Ran> {
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
