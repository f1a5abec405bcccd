/**
 * `npm run conformance [-- --json]`: runs every adapter's own tests and says, per adapter, what it can do, how many tests
 * its contract and its own fake had to pass, which traps of its vendor they meet, and how surely it is known to work at all
 * (the grade that its README gives). Ends with 1 when one of them does not conform.
 */
import { spawnSync } from 'node:child_process'
import { globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join, relative, sep } from 'node:path'
import { pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import { type AnyAdapter, manifestOf } from '../../packages/core/src/adapter/index.ts'
import { trapsIn } from './traps.ts'
import { conforms, type TestResult, type Verdict, verdictOf } from './verdict.ts'

const root = join(import.meta.dirname, '../..')
const { values } = parseArgs({ options: { json: { type: 'boolean', default: false } } })

interface Report extends Verdict {
  readonly adapter: string
  readonly version: string
  readonly port: string
  readonly grade: string
  readonly conforms: boolean
  readonly capabilities: unknown
}

async function main(): Promise<number> {
  const results = runTests()
  const reports: Report[] = []
  for (const manifest of globSync('packages/adapters-*/*/package.json', { cwd: root }).toSorted())
    reports.push(await reportOn(dirname(manifest).split(sep).join('/'), results))
  process.stdout.write(values.json ? `${JSON.stringify({ adapters: reports })}\n` : reports.map(readable).join('\n'))
  return reports.every((report) => report.conforms) ? 0 : 1
}

function runTests(): readonly TestResult[] {
  const folder = mkdtempSync(join(tmpdir(), 'stayward-conformance-'))
  try {
    const outputFile = join(folder, 'report.json')
    const args = ['run', '--project', 'packages', '--reporter=json', `--outputFile=${outputFile}`, 'packages/adapters-']
    spawnSync('vitest', args, { cwd: root, stdio: ['ignore', 2, 2], shell: process.platform === 'win32' })
    const { testResults } = JSON.parse(readFileSync(outputFile, 'utf8')) as VitestReport // vitest's own
    return testResults.flatMap(({ name: file, assertionResults }) =>
      assertionResults.map(({ fullName, status }) => ({
        file: relative(root, file).split(sep).join('/'),
        name: fullName,
        passed: status === 'passed',
      })),
    )
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

interface VitestReport {
  readonly testResults: readonly {
    readonly name: string
    readonly assertionResults: readonly { readonly fullName: string; readonly status: string }[]
  }[]
}

async function reportOn(folder: string, results: readonly TestResult[]): Promise<Report> {
  const read = (...path: string[]) => readFileSync(join(root, ...path), 'utf8')
  const { name, version } = JSON.parse(read(folder, 'package.json')) as { name: string; version: string } // ours
  const module = (await import(pathToFileURL(join(root, folder, 'src/adapter.ts')).href)) as { default: AnyAdapter } // an adapter's shape
  const { port, capabilities } = manifestOf(module.default)
  const own = results.filter(({ file }) => file.startsWith(`${folder}/`))
  const verdict = verdictOf(own, trapsIn(read('docs/vendors', `${basename(folder)}.md`)))
  const grade = /Grade: \**(documented|captured|lived-in)/.exec(read(folder, 'README.md'))?.[1] ?? 'none'
  return {
    adapter: name,
    version,
    port,
    grade,
    conforms: grade !== 'none' && conforms(verdict),
    ...verdict,
    capabilities,
  }
}

function readable({ adapter, version, grade, tests, traps, conforms, capabilities }: Report): string {
  const cannot = Object.entries(Object(capabilities)).flatMap(([name, value]) => (value === false ? [name] : []))
  return [
    `${conforms ? 'conforms ' : 'DOES NOT '} ${adapter} ${version}, ${grade}`,
    `          ${tests.contract} contract tests, ${tests.all} tests in all; ${traps.covered} of ${traps.known} traps met, ${Object.keys(traps.explained).length} explained`,
    `          without: ${cannot.join(', ') || 'nothing'}`,
    ...tests.failed.map((name) => `          fails: ${name}`),
    ...traps.missing.map((trap) => `          open trap: ${trap}`),
  ]
    .map((line) => `${line}\n`)
    .join('')
}

process.exitCode = await main()
