import type { AnyAdapter } from '@stayward/core'
import type { Command } from 'commander'
import type { ConnectionTest } from '../persistence/house/connections.ts'
import { acting, type Cli, leaf, refuseAll, several, tenantOption } from './cli.ts'
import { type Config, configProblems, describeFields, fieldsOf, readSetting } from './connection-config.ts'
import { adapterNamed, connectionLines, knownConnection } from './known-connection.ts'
import type { Outcome, Output } from './output.ts'
import { isObject, readJson } from './read-json.ts'
import { type Problem, refuse, Refusal, wrongUsage } from './refusal.ts'
import { adaptersOf, settingsOf, type TenantSession } from './session.ts'
import { noteRehearsal, type Tested, testConnection } from './vendor-talk.ts'
import { sayAddress, webhookAddress } from './webhook-address.ts'

interface ConfigOptions {
  readonly tenant?: string
  readonly config?: string
  readonly set?: readonly string[]
}

const configOption = ['--config <file>', 'the configuration as JSON; - reads it from standard input'] as const
const setOption = ['--set <name=value>', 'one field that may be shown; secret ones go into --config', several] as const

export function connectionSetUp(connection: Command, cli: Cli): void {
  leaf(connection, 'add <name>', 'connect a vendor: stores the credentials sealed, and tests them')
    .requiredOption('--adapter <id>', 'which vendor; see: stayward connection adapters')
    .option(...configOption)
    .option(...setOption)
    .option(...tenantOption)
    .addHelpText('after', '\nFor example: stayward connection add locks --adapter the-keys --config the-keys.json')
    .action(acting(cli, (name: string, options: AddOptions) => addConnection(cli, name, options)))
  leaf(connection, 'set <name>', 'change fields of a connection, after testing them; the others stay')
    .option(...configOption)
    .option(...setOption)
    .option('--unset <name>', 'take a field away', several)
    .option(...tenantOption)
    .action(acting(cli, (name: string, options: SetOptions) => setConnection(cli, name, options)))
  leaf(connection, 'adapters', 'the vendors this hub knows, and what each needs to be told').action(
    acting(cli, () => listAdapters(cli)),
  )
}

interface AddOptions extends ConfigOptions {
  readonly adapter: string
}

async function addConnection(cli: Cli, name: string, options: AddOptions): Promise<Outcome> {
  const { out } = cli
  return await cli.withSession(async (session) => {
    const own = await session.tenant(options.tenant)
    checkName(name)
    const adapter = adapterNamed(session, options.adapter)
    const lines = await connectionLines(session, own)
    if (lines.some((line) => line.name === name))
      throw refuse(
        `There is a connection "${name}" already.`,
        `Change it with stayward connection set ${name}, or choose another name.`,
      )
    const config = await configOf(cli, adapter, options)
    refuseAll(configProblems(adapter, config))

    const { port, displayName } = adapter
    const { id } = await own.house.putConnection({ name, adapter: adapter.id, port, config })
    out.say(`Connection "${name}" to ${displayName} is stored, sealed.`)
    noteRehearsal(out, session, adapter)
    const tested = await testConnection(session, { own, id, name, adapter, config })
    await own.house.noteTest(name, testLine(tested))
    sayTest(out, tested)
    if ('failure' in tested)
      out.say(`It stays stored. What was mistyped is corrected with: stayward connection set ${name} --config …`)
    const address = await firstAddress(own, { name, adapter })
    if (address) {
      out.say()
      sayAddress(out, session.settings, address)
    }
    return {
      ok: passed(tested),
      connection: { name, adapter: adapter.id, port, state: 'active' },
      test: testResult(tested),
      ...(address
        ? { webhook: { address: webhookAddress(session.settings, address), setUp: adapter.webhook?.setUp } }
        : {}),
    }
  })
}

interface SetOptions extends ConfigOptions {
  readonly unset?: readonly string[]
}

async function setConnection(cli: Cli, name: string, options: SetOptions): Promise<Outcome> {
  const { out } = cli
  if (options.config === undefined && !options.set && !options.unset)
    throw wrongUsage('Nothing to change was named.', 'Give --config, --set or --unset.')
  return await cli.withSession(async (session) => {
    const own = await session.tenant(options.tenant)
    const known = await knownConnection(session, own, name)
    const { adapter, line } = known
    const before = known.config()
    if (!before) out.note(`The stored configuration of "${name}" does not open, so this begins anew.`)
    const dropped = new Set(options.unset)
    const kept = Object.entries(before ?? {}).filter(([field]) => !dropped.has(field))
    refuseAll(unknownFields(adapter, dropped), 2)
    const config = { ...Object.fromEntries(kept), ...(await configOf(cli, adapter, options)) }
    refuseAll(configProblems(adapter, config))

    noteRehearsal(out, session, adapter)
    const account = line.account === undefined ? {} : { account: line.account }
    const tested = await testConnection(session, { own, id: line.id, name, ...account, adapter, config })
    refuseWorse(tested, line.account)
    await own.house.putConnection({ name, adapter: adapter.id, port: adapter.port, config })
    await own.house.noteTest(name, testLine(tested))
    out.say(`Connection "${name}" is changed.`)
    sayTest(out, tested)
    return { ok: passed(tested), connection: { name, adapter: adapter.id }, test: testResult(tested) }
  })
}

/** Working credentials are not replaced by ones that the vendor does not take, nor by those of somebody else. */
function refuseWorse(tested: Tested, account: string | undefined): void {
  if ('failure' in tested) {
    const { code, message, remedy } = tested.failure
    if (code === 'auth' || code === 'refused')
      throw new Refusal([{ text: `Nothing was changed: ${message}`, remedy }], 1, tested.failure)
    return
  }
  if (account !== undefined && tested.account.id !== account)
    throw refuse(
      `Nothing was changed: these credentials open the account ${tested.account.id}, and this connection belongs to ${account}.`,
      "Another account is another connection: its bookings and doors are not this one's. Add it under another name.",
    )
}

async function configOf(
  { io, out }: Cli,
  adapter: AnyAdapter,
  { config: file, set = [] }: ConfigOptions,
): Promise<Config> {
  const problems: Problem[] = []
  let config: Config = {}
  if (file !== undefined) {
    const read = await readJson(io, file)
    if (!isObject(read)) throw refuse(`${file} has to hold one JSON object.`, describeFields(adapter).join('\n  '))
    if (io.isOpenToOthers(file)) out.note(`Others on this machine may read ${file}. Delete it when this is done.`)
    config = read
  }
  for (const setting of set) {
    const reading = readSetting(adapter, setting)
    if ('config' in reading) config = { ...config, ...reading.config }
    else problems.push(reading)
  }
  refuseAll(problems, 2)
  return config
}

function unknownFields(adapter: AnyAdapter, names: ReadonlySet<string>): readonly Problem[] {
  const known = fieldsOf(adapter).map(({ name }) => name)
  const strangers = Array.from(names).filter((name) => !known.includes(name))
  return strangers.map((name) => ({
    text: `"${name}" is not a field of ${adapter.displayName}.`,
    remedy: `It has: ${known.join(', ')}.`,
  }))
}

/** The name stands in "locks:7001/…" and in lists, and a channel called inbox is the booking system's own. */
function checkName(name: string): void {
  if (!/^[a-z0-9][a-z0-9-]{0,62}$/.test(name))
    throw refuse(`"${name}" cannot be a connection's name.`, 'Use small letters, digits and hyphens: my-locks')
  if (['inbox', 'none', 'default'].includes(name))
    throw refuse(`"${name}" means something else already.`, 'Choose another name for the connection.')
}

/** As the connection's row keeps it. */
export function testLine(tested: Tested): ConnectionTest {
  if ('failure' in tested) return { ok: false, note: `${tested.failure.message} ${tested.failure.remedy}` }
  const { id, note, unfit } = tested.account
  if (unfit !== undefined) return { ok: false, note: unfit, account: id }
  return { ok: true, note: note ?? 'The credentials work.', account: id }
}

export function testResult(tested: Tested): Readonly<Record<string, unknown>> {
  if ('account' in tested) return { ok: passed(tested), account: tested.account }
  const { code, message, remedy } = tested.failure
  return { ok: false, code, text: message, remedy }
}

/** The credentials work, and nothing at the vendor has to be put right first. */
export function passed(tested: Tested): boolean {
  return 'account' in tested && tested.account.unfit === undefined
}

export function sayTest(out: Output, tested: Tested): void {
  if ('failure' in tested) {
    out.say(`Its test failed: ${tested.failure.message}`)
    out.say(`  ${tested.failure.remedy}`)
    return
  }
  const { id, name, note, warning, unfit } = tested.account
  out.say(
    `The credentials work: account ${id}${name === undefined ? '' : `, ${name}`}.${note === undefined ? '' : ` ${note}`}`,
  )
  if (warning !== undefined) out.say(`See to this soon: ${warning}`)
  if (unfit !== undefined) out.say(`The test fails all the same, until this is put right: ${unfit}`)
}

async function firstAddress(
  { house, tenant }: TenantSession,
  { name, adapter }: { readonly name: string; readonly adapter: AnyAdapter },
) {
  if (!adapter.webhook) return undefined
  const [newest] = await house.tokens(name)
  return newest && { adapter, slug: tenant.slug, token: newest.token }
}

async function listAdapters({ io, out }: Cli): Promise<Outcome> {
  const adapters = Array.from((await adaptersOf(settingsOf(io.env))).values())
  for (const adapter of adapters) {
    out.say(`${adapter.id}: ${adapter.displayName}, a ${adapter.port} connection`)
    for (const line of describeFields(adapter)) out.say(`  ${line}`)
    out.say()
  }
  return {
    adapters: adapters.map((adapter) => ({
      id: adapter.id,
      name: adapter.displayName,
      port: adapter.port,
      fields: fieldsOf(adapter),
    })),
  }
}
