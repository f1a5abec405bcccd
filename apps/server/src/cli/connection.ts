import type { AnyAdapter } from '@stayward/core'
import type { Command } from 'commander'
import { acting, type Cli, family, leaf, tenantOption } from './cli.ts'
import { connectionSetUp, passed, sayTest, testLine, testResult } from './connection-set-up.ts'
import { connectionLines, knownConnection, reached } from './known-connection.ts'
import { clockTime, type Outcome } from './output.ts'
import { refuse } from './refusal.ts'
import type { TenantSession } from './session.ts'
import { listDevices, listUnits, noteRehearsal, registerWebhook, testConnection } from './vendor-talk.ts'
import { sayAddress, webhookAddress } from './webhook-address.ts'

/** How long the address before stays valid after a change, so that the vendor can be told in peace. */
const oldAddressLives = 24 * 3_600_000

interface Options {
  readonly tenant?: string
}

export function connectionCommands(program: Command, cli: Cli): void {
  const connection = family(program, 'connection', "a tenant's accounts at its vendors")
  connectionSetUp(connection, cli)
  leaf(connection, 'list', 'all connections, and how they do')
    .option(...tenantOption)
    .action(acting(cli, (options: Options) => listConnections(cli, options)))
  leaf(connection, 'test <name>', 'ask the vendor whose account the credentials open')
    .option(...tenantOption)
    .action(acting(cli, (name: string, options: Options) => test(cli, name, options)))
  leaf(connection, 'units <name>', "a booking system's flats, and which units they are linked to")
    .option(...tenantOption)
    .action(acting(cli, (name: string, options: Options) => units(cli, name, options)))
  leaf(connection, 'devices <name>', "an account's locks and intercoms, and which doors they are at")
    .option(...tenantOption)
    .action(acting(cli, (name: string, options: Options) => devices(cli, name, options)))
  leaf(connection, 'address <name>', "the webhook address that belongs into the vendor's settings")
    .option('--rotate', 'make a new one; the one before stays valid for a day')
    .option(...tenantOption)
    .action(acting(cli, (name: string, options: Options & { rotate?: true }) => address(cli, name, options)))
  leaf(connection, 'register-webhook <name>', 'have the vendor call that address, where its API takes one')
    .option(...tenantOption)
    .action(acting(cli, (name: string, options: Options) => register(cli, name, options)))
  leaf(connection, 'pause <name>', 'stop asking this vendor anything; codes that stand on doors stay')
    .option(...tenantOption)
    .action(acting(cli, (name: string, options: Options) => setState(cli, name, options, 'paused')))
  leaf(connection, 'resume <name>', 'go on after a pause')
    .option(...tenantOption)
    .action(acting(cli, (name: string, options: Options) => setState(cli, name, options, 'active')))
  leaf(
    connection,
    'witness <name>',
    'keep a booking system in sync that you move away from, and do nothing for its bookings',
  )
    .option('--end', 'let its bookings count again')
    .option(...tenantOption)
    .addHelpText(
      'after',
      '\nCodes that are out stay until their own stays are over. No code, message or alarm comes of it.',
    )
    .action(acting(cli, (name: string, options: Options & { end?: true }) => setWitness(cli, name, options)))
}

async function listConnections({ out, withSession }: Cli, { tenant }: Options): Promise<Outcome> {
  return await withSession(async (session) => {
    const lines = await connectionLines(session, await session.tenant(tenant))
    out.table(
      lines.map((line) => ({
        name: line.name,
        adapter: line.adapter,
        state: line.witnessSince === undefined ? line.state : `${line.state}, witness`,
        'last test': line.lastTest ? `${clockTime(line.lastTest.at)} ${line.lastTest.ok ? 'ok' : 'failed'}` : '-',
        'last webhook': line.lastInboundAt === undefined ? '-' : clockTime(line.lastInboundAt),
        'failing since': line.failingSince === undefined ? '-' : clockTime(line.failingSince),
      })),
      'No connections yet. Add one: stayward connection add --help',
    )
    return { connections: lines }
  })
}

async function test({ out, withSession }: Cli, name: string, { tenant }: Options): Promise<Outcome> {
  return await withSession(async (session) => {
    const own = await session.tenant(tenant)
    const known = await knownConnection(session, own, name)
    const { adapter, line } = known
    noteRehearsal(out, session, adapter)
    const tested = await testConnection(session, reached(known))
    const other = 'account' in tested && line.account !== undefined && tested.account.id !== line.account
    await own.house.noteTest(
      name,
      other ? { ok: false, note: 'The credentials open another account than before.' } : testLine(tested),
    )
    sayTest(out, tested)
    if (other)
      throw refuse(
        `That is another account than before (${line.account ?? ''}): its bookings would be taken for this one's.`,
        `Enter the credentials of the right account: stayward connection set ${name} --config …`,
      )
    out.say(`How a person sees that it is healthy: ${adapter.health}`)
    return { ok: passed(tested), connection: name, test: testResult(tested) }
  })
}

async function units({ out, withSession }: Cli, name: string, { tenant }: Options): Promise<Outcome> {
  return await withSession(async (session) => {
    const own = await session.tenant(tenant)
    const known = await knownConnection(session, own, name)
    noteRehearsal(out, session, known.adapter)
    const found = await listUnits(session, reached(known))
    const { units } = await own.house.asEntered()
    const list = found.map((unit) => {
      const linked = units.find(({ sources }) =>
        sources.some(({ connection, ref }) => connection === name && ref === unit.ref),
      )
      return { ...unit, source: `${name}:${unit.ref}`, ...(linked ? { unit: linked.slug } : {}) }
    })
    out.table(
      list.map((unit) => ({
        name: unit.name,
        source: unit.source,
        zone: unit.zone ?? '',
        'linked to unit': unit.unit ?? '-',
      })),
      `${known.adapter.displayName} has no flats in this account.`,
    )
    return { units: list }
  })
}

async function devices({ out, withSession }: Cli, name: string, { tenant }: Options): Promise<Outcome> {
  return await withSession(async (session) => {
    const own = await session.tenant(tenant)
    const known = await knownConnection(session, own, name)
    noteRehearsal(out, session, known.adapter)
    const found = await listDevices(session, reached(known))
    const { doors, devices } = await own.house.asEntered()
    const list = found.map((device) => {
      const stored = devices.find(({ connection, vendorId }) => connection === name && vendorId === device.id)
      const at = doors.filter(({ entry }) => entry.kind === 'device' && entry.deviceId === stored?.id)
      return { ...device, device: `${name}:${device.id}`, doors: at.map(({ slug }) => slug) }
    })
    out.table(
      list.map(({ name, device, zone = '', doors, note = '' }) => ({
        name,
        device,
        zone,
        'at door': doors.join(', ') || '-',
        note,
      })),
      `${known.adapter.displayName} has no devices in this account.`,
    )
    return { devices: list }
  })
}

async function address(
  { out, withSession }: Cli,
  name: string,
  { tenant, rotate }: Options & { readonly rotate?: true },
): Promise<Outcome> {
  return await withSession(async (session) => {
    const own = await session.tenant(tenant)
    const { adapter } = await knownConnection(session, own, name)
    if (adapter.webhook && rotate) await own.house.rotateToken(name, oldAddressLives)
    const { of, older } = await addressesOf(own, name, adapter)
    sayAddress(out, session.settings, of)
    for (const { expiresAt } of older)
      out.say(
        `The address before works until ${expiresAt === undefined ? 'it is replaced' : clockTime(expiresAt)}; enter the new one by then.`,
      )
    return {
      address: webhookAddress(session.settings, of),
      setUp: adapter.webhook?.setUp,
      ...(older[0]?.expiresAt === undefined ? {} : { formerWorksUntil: older[0].expiresAt }),
    }
  })
}

/** Valid addresses of a connection, the newest first. */
async function addressesOf({ house, tenant }: TenantSession, name: string, adapter: AnyAdapter) {
  if (!adapter.webhook)
    throw refuse(`${adapter.displayName} sends no webhooks.`, 'Nothing has to be set there; the hub asks by itself.')
  const [newest, ...older] = await house.tokens(name)
  if (!newest) throw refuse(`"${name}" has no address.`, `Make one: stayward connection address ${name} --rotate`)
  return { of: { adapter, slug: tenant.slug, token: newest.token }, older }
}

async function register({ out, withSession }: Cli, name: string, { tenant }: Options): Promise<Outcome> {
  return await withSession(async (session) => {
    const own = await session.tenant(tenant)
    const known = await knownConnection(session, own, name)
    const { adapter } = known
    const { of } = await addressesOf(own, name, adapter)
    if (session.settings.publicUrl === undefined)
      throw refuse('No vendor can reach this hub yet.', 'Set STAYWARD_PUBLIC_URL to the address it has from outside.')
    noteRehearsal(out, session, adapter)
    const at = reached(known)
    const fields = await registerWebhook(session, at, webhookAddress(session.settings, of))
    const config = { ...at.config, ...fields }
    await own.house.putConnection({ name, adapter: adapter.id, port: adapter.port, config })
    out.say(`${adapter.displayName} calls "${name}" from now on. What it signs with is stored, sealed.`)
    return { connection: { name, adapter: adapter.id }, fields: Object.keys(fields) }
  })
}

async function setState(
  { out, withSession }: Cli,
  name: string,
  { tenant }: Options,
  state: 'active' | 'paused',
): Promise<Outcome> {
  return await withSession(async (session) => {
    const { house } = await session.tenant(tenant)
    await house.setConnectionState(name, state)
    out.say(
      state === 'paused'
        ? `"${name}" is paused: nothing is read from it or written to it. Go on with: stayward connection resume ${name}`
        : `"${name}" goes on.`,
    )
    return { connection: { name, state } }
  })
}

async function setWitness(
  { out, withSession }: Cli,
  name: string,
  { tenant, end }: Options & { readonly end?: true },
): Promise<Outcome> {
  return await withSession(async (session) => {
    const own = await session.tenant(tenant)
    await own.house.setWitness(name, !end)
    const lines = await connectionLines(session, own)
    const witnessSince = lines.find((line) => line.name === name)?.witnessSince
    if (witnessSince === undefined) {
      out.say(`"${name}" counts again: its guests get their codes and messages, and its cancellations end them.`)
      return { connection: { name } }
    }
    out.say(
      `"${name}" is a witness since ${clockTime(witnessSince)}: its bookings are read and shown, and nothing is done`,
    )
    out.say('for them. Codes that are out stay until their stays are over, whatever this system says of them.')
    const others = lines.filter((line) => line.port === 'booking' && line.witnessSince === undefined)
    if (others.length === 0)
      out.say(
        'No other booking system counts yet, so no guest gets a new code until one is connected: stayward connection add',
      )
    out.say(`Let it count again: stayward connection witness ${name} --end`)
    return { connection: { name, witnessSince } }
  })
}
