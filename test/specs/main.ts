/**
 * `npm run check:specs -- --specs FOLDER [--json]`: runs the tests of every adapter whose vendor publishes an OpenAPI file,
 * records what passes between adapter and fake, and compares it with that file, both ways. Ends with 1 when something
 * differs that is not listed with a reason, or when a listed deviation is none any more; with 2 when it cannot be run.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { readDescription } from './description.ts'
import { type Exchange, recordingFolder } from './exchange.ts'
import { type DescribedVendor, describedVendors } from './vendors.ts'
import { type Verdict, verdictOf } from './verdict.ts'

const { values } = parseArgs({
  options: { specs: { type: 'string' }, json: { type: 'boolean', default: false } },
})

function main(folder: string | undefined): number {
  if (folder === undefined) return cannot('--specs names the folder with the vendors’ OpenAPI files.')
  const absent = describedVendors.filter(({ file }) => !existsSync(join(folder, file)))
  if (absent.length > 0)
    return cannot(`${folder} lacks ${absent.map(({ file }) => file).join(', ')}; the vendors publish them.`)
  const recording = mkdtempSync(join(tmpdir(), 'stayward-exchanges-'))
  try {
    if (!record(recording)) return cannot('The adapters’ own tests fail; mend them first (npm test).')
    const exchanges = recorded(recording)
    const verdicts = describedVendors.map((described) => {
      const { vendor, file, basePath, host, deviations } = described
      const own = exchanges.filter(({ url }) => new URL(url).host === host)
      const description = readDescription(join(folder, file), basePath)
      return { vendor, ...verdictOf(own, description, deviations, webhookDifferences(folder, described)) }
    })
    process.stdout.write(values.json ? `${JSON.stringify({ vendors: verdicts })}\n` : readable(verdicts))
    return verdicts.some(isBroken) ? 1 : 0
  } finally {
    rmSync(recording, { recursive: true, force: true })
  }
}

/** The adapters' tests, with everything that reaches a fake written into the folder. */
function record(folder: string): boolean {
  const config = join(import.meta.dirname, 'vitest.config.ts')
  const folders = describedVendors.map(({ folder }) => `packages/${folder}/`)
  const { status } = spawnSync('vitest', ['run', '--config', config, ...folders], {
    stdio: ['ignore', 2, 2],
    env: { ...process.env, [recordingFolder]: folder },
    shell: process.platform === 'win32',
  })
  return status === 0
}

function recorded(folder: string): readonly Exchange[] {
  return readdirSync(folder)
    .flatMap((file) => readFileSync(join(folder, file), 'utf8').trim().split('\n'))
    .map((line) => JSON.parse(line) as Exchange) // written by record.ts
}

/** Where the adapter's webhook fixtures differ from what the vendor says of its webhooks. */
function webhookDifferences(specs: string, { folder, webhooks }: DescribedVendor): readonly string[] {
  if (!webhooks) return []
  const { webhooks: described, check } = readDescription(join(specs, webhooks.file), '')
  const fixtures = join(import.meta.dirname, '../../packages', folder, 'test/fixtures')
  return readdirSync(fixtures)
    .filter((file) => file.startsWith('webhook-'))
    .flatMap((file) => {
      const { body } = JSON.parse(readFileSync(join(fixtures, file), 'utf8')) as { body: { action?: unknown } } // a fixture's shape
      const name = typeof body.action === 'string' ? webhooks.nameOf(body.action) : undefined
      const schema = name === undefined ? undefined : described.get(name)
      if (schema === undefined) return [`webhook ${file} · is not described`]
      return check.json(schema, body).map((fault) => `webhook ${name ?? ''} · ${fault}`)
    })
}

function isBroken({ exchanges, unexplained, stale }: Verdict): boolean {
  return exchanges === 0 || unexplained.length > 0 || stale.length > 0
}

function readable(verdicts: readonly (Verdict & { readonly vendor: string })[]): string {
  return verdicts
    .flatMap(({ vendor, exchanges, operationsUsed, explained, unexplained, stale }) => [
      `${vendor}: ${exchanges} different exchanges over ${operationsUsed} operations, ${explained} known differences, ${unexplained.length} unknown.`,
      ...unexplained.map((difference) => `  differs  ${difference}`),
      ...stale.map((at) => `  no longer differs, take it off the list: ${at}`),
    ])
    .map((line) => `${line}\n`)
    .join('')
}

function cannot(text: string): number {
  process.stderr.write(`${text}\n`)
  return 2
}

process.exitCode = main(values.specs)
