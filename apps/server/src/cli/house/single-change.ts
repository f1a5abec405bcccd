import type { Cli } from '../cli.ts'
import type { Outcome } from '../output.ts'
import { refuse } from '../refusal.ts'
import { type HouseNow, houseNow, planChange } from './change-house.ts'
import { emptyHouse, type HouseFile } from './house-file.ts'
import { sayChange } from './plan-house.ts'

/** Changes one thing of a house: the same checks and the same words as a whole house file. */
export async function changeOne(
  { out, withSession }: Cli,
  tenant: string | undefined,
  describe: (now: HouseNow) => Partial<HouseFile>,
): Promise<Outcome> {
  return await withSession(async (session) => {
    const own = await session.tenant(tenant)
    const now = await houseNow(own)
    const plan = await planChange(out, session, own, now, { ...emptyHouse, ...describe(now) })
    await plan.carryOut()
    for (const change of plan.changes) out.say(sayChange(change))
    return { changes: plan.changes }
  })
}

/** What `set` starts from; `add` starts from nothing, and neither is taken for the other. */
export function startFrom<Entry>(
  entries: Readonly<Record<string, Entry>>,
  kind: 'property' | 'door' | 'unit',
  verb: 'add' | 'set',
  slug: string,
): Entry | undefined {
  const before = Object.hasOwn(entries, slug) ? entries[slug] : undefined
  if (verb === 'add' && before)
    throw refuse(`There is a ${kind} "${slug}" already.`, `Change it with: stayward ${kind} set ${slug}`)
  if (verb === 'set' && !before) {
    const names = Object.keys(entries)
    throw refuse(
      `There is no ${kind} "${slug}".`,
      names.length === 0 ? `Add it: stayward ${kind} add --help` : `There are: ${names.join(', ')}.`,
    )
  }
  return before
}

/** A list for people and machines; the codes of doors are masked. */
export async function listEntries(
  { out, withSession }: Cli,
  tenant: string | undefined,
  entries: 'properties' | 'doors' | 'units',
  kind: 'property' | 'door' | 'unit',
): Promise<Outcome> {
  return await withSession(async (session) => {
    const { house } = await houseNow(await session.tenant(tenant))
    const list = Object.entries(house[entries]).map(([slug, entry]) => ({ [kind]: slug, ...masked(entry) }))
    out.table(
      list.map((entry) => Object.fromEntries(Object.entries(entry).map(([name, value]) => [name, cell(value)]))),
      `None yet. Add one: stayward ${kind} add --help`,
    )
    return { [entries]: list }
  })
}

function masked(entry: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(entry).map(([name, value]) => [name, name === 'prefix' || name === 'fixedCode' ? '••••' : value]),
  )
}

function cell(value: unknown): string {
  if (Array.isArray(value)) return value.join(', ')
  if (typeof value === 'object' && value !== null)
    return Object.entries(value)
      .map(([language, text]) => `${language}: ${String(text)}`)
      .join('; ')
  return String(value)
}
