import type { Command } from 'commander'
import * as z from 'zod'
import { acting, type Cli, leaf, tenantOption } from './cli.ts'
import { houseNow, planChange } from './house/change-house.ts'
import { type HouseFile, houseFile } from './house/house-file.ts'
import { sayChange } from './house/plan-house.ts'
import type { Outcome } from './output.ts'
import { readJson } from './read-json.ts'
import { Refusal, wrongUsage } from './refusal.ts'

interface Options {
  readonly tenant?: string
  readonly file?: string
  readonly dryRun?: true
  readonly schema?: true
  readonly json?: true
}

export function applyCommand(program: Command, cli: Cli): void {
  leaf(program, 'apply', 'make the house what a JSON file says: properties, doors, units, settings')
    .option('--file <file>', 'the house; - reads it from standard input')
    .option('--dry-run', 'show what would change, and change nothing')
    .option('--schema', "print the file's JSON Schema")
    .option(...tenantOption)
    .addHelpText('after', more)
    .action(acting(cli, (options: Options) => apply(cli, options)))
}

const more = `
Everything is checked first; then it is changed as one, or not at all. What the file does not name stays as it is, and
nothing is removed. Applying the same file again changes nothing.
  { "properties": { "quai-house": { "name": "Quai House", "zone": "Europe/Paris", "checkIn": "15:00", "checkOut": "11:00" } },
    "doors": { "loft-door": { "name": "Loft", "device": "locks:7001/Kp7xQ2Za", "prefix": "12" } },
    "units": { "loft": { "name": "Loft Nord", "property": "quai-house", "path": ["loft-door"], "sources": ["smoobu:700101"] } } }`

async function apply({ io, out, withSession }: Cli, { tenant, file, dryRun, schema, json }: Options): Promise<Outcome> {
  if (schema) {
    const jsonSchema = z.toJSONSchema(houseFile, { io: 'input' })
    if (!json) io.out(JSON.stringify(jsonSchema, undefined, 2))
    return { schema: jsonSchema }
  }
  if (file === undefined) throw wrongUsage('Which house?', 'Name its file with --file, or see the shape with --schema.')
  const wanted = parseHouse(file, await readJson(io, file))
  return await withSession(async (session) => {
    const own = await session.tenant(tenant)
    const plan = await planChange(out, session, own, await houseNow(own), wanted)
    const changed = plan.changes.filter(({ change }) => change !== 'unchanged')
    for (const change of changed) {
      out.say(sayChange(change))
      out.event({ event: 'planned', ...change })
    }
    const unchanged = plan.changes.length - changed.length
    if (unchanged > 0) out.say(`  ${unchanged} as they are`)
    if (!dryRun) await plan.carryOut()
    if (changed.length === 0) out.say('The house is so already; nothing was changed.')
    else
      out.say(
        dryRun ? 'Nothing was changed (--dry-run).' : 'Done. Stays and doors that this concerns are looked at now.',
      )
    return { applied: !dryRun, changed: changed.length, unchanged }
  })
}

function parseHouse(file: string, value: unknown): HouseFile {
  const parsed = houseFile.safeParse(value)
  if (parsed.success) return parsed.data
  throw new Refusal(
    parsed.error.issues.map((issue) => ({
      text: `${file === '-' ? 'Standard input' : file}: ${issue.path.join('.') || 'the whole'}: ${wordsOf(issue)}`,
      remedy: 'The shape of the file: stayward apply --schema',
    })),
  )
}

function wordsOf(issue: z.core.$ZodIssue): string {
  if (issue.code === 'unrecognized_keys') return `there is no ${issue.keys.map((key) => `"${key}"`).join(', ')} here.`
  if (issue.code === 'invalid_type') return `here has to stand ${aKind[issue.expected] ?? `a ${issue.expected}`}.`
  return `${issue.message}.`
}

const aKind: Readonly<Record<string, string>> = {
  object: 'an object, { … }',
  record: 'an object, { … }',
  array: 'a list, [ … ]',
  string: 'a text',
  boolean: 'true or false',
  int: 'a whole number',
}
