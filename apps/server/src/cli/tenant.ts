import type { Command } from 'commander'
import { demoSlug } from '../compose/demo-slug.ts'
import { inTenant } from '../persistence/in-tenant.ts'
import { createTenant, eraseTenant } from '../persistence/tenants.ts'
import { acting, type Cli, family, leaf, refuseAll } from './cli.ts'
import { houseNow, planChange } from './house/change-house.ts'
import { checkSettings } from './house/check-settings.ts'
import { emptyHouse } from './house/house-file.ts'
import { sayChange } from './house/plan-house.ts'
import type { Outcome } from './output.ts'
import { refuse } from './refusal.ts'
import type { Session } from './session.ts'
import { readTenantSettings, settingsOptions, type TenantOptions } from './tenant-options.ts'

export function tenantCommands(program: Command, cli: Cli): void {
  const tenant = family(program, 'tenant', 'whose houses these are; no tenant ever sees another')
  settingsOptions(leaf(tenant, 'add <short-name>', 'a new tenant, with a key of its own for everything that is sealed'))
    .addHelpText('after', '\nThe short name stands in every webhook address and cannot be changed later.')
    .action(acting(cli, (slug: string, options: TenantOptions) => addTenant(cli, slug, options)))
  settingsOptions(leaf(tenant, 'set <short-name>', 'change what is given; the rest stays'))
    .addHelpText('after', '\n"default" instead of a value returns to the default.')
    .action(acting(cli, (slug: string, options: TenantOptions) => setTenant(cli, slug, options)))
  leaf(tenant, 'list', 'all tenants').action(acting(cli, () => listAll(cli)))
  leaf(tenant, 'show <short-name>', 'its settings, and how much it has').action(
    acting(cli, (slug: string) => show(cli, slug)),
  )
  leaf(tenant, 'erase <short-name>', 'remove a tenant and everything it has, for ever')
    .option('--yes <short-name>', 'its short name once more, typed by hand')
    .option('--leave-codes', 'although codes of its guests still stand on doors: nobody removes them any more')
    .action(acting(cli, (slug: string, options: EraseOptions) => erase(cli, slug, options)))
}

async function addTenant({ io, out, withSession }: Cli, slug: string, options: TenantOptions): Promise<Outcome> {
  const settings = await readTenantSettings(io, options)
  return await withSession(async (session) => {
    if (slug === demoSlug)
      throw refuse(`"${demoSlug}" is the tenant that the demo makes for itself.`, 'Choose another name for yours.')
    refuseAll(checkSettings(settings, { connections: [], adapters: session.adapters }))
    await createTenant(session.pool, session.database.masters, slug, session.clock.now())
    const own = await session.tenant(slug)
    const plan = await planChange(out, session, own, await houseNow(own), { ...emptyHouse, settings })
    await plan.carryOut()
    out.say(`Tenant "${slug}" is there. Next, its accounts: stayward connection add --help`)
    if (settings.phoneCountry === undefined)
      out.note("Guests' phone numbers without a country code are not used. Set --phone-country if yours have none.")
    return { tenant: { id: own.tenant.id, slug } }
  })
}

async function setTenant({ io, out, withSession }: Cli, slug: string, options: TenantOptions): Promise<Outcome> {
  const settings = await readTenantSettings(io, options, 'named')
  return await withSession(async (session) => {
    const own = await session.tenant(slug)
    const plan = await planChange(out, session, own, await houseNow(own), { ...emptyHouse, settings })
    await plan.carryOut()
    for (const change of plan.changes) out.say(sayChange(change))
    return { tenant: { id: own.tenant.id, slug }, changes: plan.changes }
  })
}

async function listAll({ out, withSession }: Cli): Promise<Outcome> {
  return await withSession(async (session) => {
    const tenants = await session.tenants()
    out.table(
      tenants.map(({ slug, state, createdAt }) => ({ tenant: slug, state, since: createdAt.slice(0, 10) })),
      'No tenant yet. Add one: stayward tenant add my-flats',
    )
    return { tenants }
  })
}

async function show({ out, withSession }: Cli, slug: string): Promise<Outcome> {
  return await withSession(async (session) => {
    const own = await session.tenant(slug)
    const { house, connections } = await houseNow(own)
    // The alarm address is a person's: whether there is one, and over which connection, is enough to see.
    const { alarm, templates, ...settings } = house.settings ?? {}
    const shown = {
      ...settings,
      alarm: alarm == null ? 'none' : `over ${alarm.slice(0, alarm.indexOf(':'))}`,
      'own words': Object.keys(templates ?? {}).join(', ') || 'none',
    }
    const counts = {
      connections: connections.length,
      properties: Object.keys(house.properties).length,
      doors: Object.keys(house.doors).length,
      units: Object.keys(house.units).length,
      ...(await countsOf(session, own.tenant.id)),
    }
    for (const [name, value] of Object.entries({ ...shown, ...counts }))
      out.say(`${name.padEnd(20)} ${Array.isArray(value) ? value.join(', ') : String(value)}`)
    if (alarm == null)
      out.note(`Nobody is called at night. Set an address: stayward tenant set ${slug} --alarm sms:+33…`)
    return { tenant: { id: own.tenant.id, slug, state: own.tenant.state }, settings: shown, counts }
  })
}

interface EraseOptions {
  readonly yes?: string
  readonly leaveCodes?: true
}

async function erase({ out, withSession }: Cli, slug: string, { yes, leaveCodes }: EraseOptions): Promise<Outcome> {
  return await withSession(async (session) => {
    const { tenant } = await session.tenant(slug)
    const counts = await countsOf(session, tenant.id)
    if (yes !== slug)
      throw refuse(
        `This removes "${slug}" with ${counts.bookings} bookings, its connections, doors and messages, for ever; what a backup holds of it becomes unreadable.`,
        `If that is meant, type its name once more: stayward tenant erase ${slug} --yes ${slug}`,
      )
    if (counts['codes on doors'] > 0 && !leaveCodes)
      throw refuse(
        `${counts['codes on doors']} codes of "${slug}" still stand on doors, and nobody would remove them any more.`,
        'Cancel or end those stays first and let the hub take the codes away. If the doors are no longer yours: --leave-codes',
      )
    await eraseTenant(session.pool, tenant.id)
    out.say(`"${slug}" is erased.`)
    return { erased: slug }
  })
}

async function countsOf({ pool }: Session, tenantId: string) {
  const [row] = await inTenant(pool, tenantId, async (client) => {
    const { rows } = await client.query<{ bookings: number; codes: number }>(
      `select (select count(*)::int from booking where tenant_id = $1) as bookings,
         (select count(*)::int from code where tenant_id = $1 and gone_at is null) as codes`,
      [tenantId],
    )
    return rows
  })
  return { bookings: row?.bookings ?? 0, 'codes on doors': row?.codes ?? 0 }
}
