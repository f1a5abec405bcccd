import type { Command } from 'commander'
import { several } from './cli.ts'
import { type DescribedSettings, houseFile } from './house/house-file.ts'
import type { Io } from './io.ts'
import { isObject, readJson } from './read-json.ts'
import { refuse, Refusal, wrongUsage } from './refusal.ts'

/** As typed; each is checked where the settings are. */
export interface TenantOptions {
  readonly language?: string
  readonly phoneCountry?: string
  readonly channel?: readonly string[]
  readonly mode?: string
  readonly namesOnDevices?: string
  readonly alarm?: string
  readonly templates?: string
  readonly retentionDays?: string
  readonly pushAhead?: string
  readonly graceIn?: string
  readonly graceOut?: string
  readonly warnBefore?: string
  readonly pageBefore?: string
  readonly tellUnprovenBefore?: string
  readonly poll?: string
  readonly sweepNear?: string
  readonly probe?: string
}

export function settingsOptions(command: Command): Command {
  return command
    .option('--language <code>', 'what guests without a known language are written in: fr')
    .option(
      '--phone-country <code>',
      "country of guests' numbers without a country code: FR; otherwise those are not used",
    )
    .option(
      '--channel <name>',
      'how guests are told: inbox, or a connection that sends messages; several times',
      several,
    )
    .option('--mode <mode>', 'each: over every channel; fallback: over the first that works')
    .option('--alarm <connection:address>', 'where you are called when a guest may stand outside: sms:+33…, or none')
    .option(
      '--templates <file>',
      'your own words as JSON: { "en": { "door-code.plain": "…" } }; they replace all former ones',
    )
    .option(
      '--names-on-devices <yes|no>',
      "whether a guest's first name may stand beside the code at the lock's vendor",
    )
    .option('--retention-days <days>', 'webhooks are erased after so many days')
    .option('--push-ahead <time>', 'how long before check-in a code goes to its door: 72h')
    .option('--grace-in <time>', 'how much earlier than check-in a code works: 30m')
    .option('--grace-out <time>', 'how much longer than check-out a code works: 30m')
    .option('--warn-before <time>', 'a code not proven so long before check-in is a warning: 24h')
    .option('--page-before <time>', '… and so long before check-in calls the alarm address: 4h')
    .option('--tell-unproven-before <time>', 'so near to check-in guests are told what is known: 4h')
    .option('--poll <time>', 'how often booking systems are asked what changed, besides their webhooks: 10m')
    .option('--sweep-near <time>', 'how often doors with an arrival or departure within a day are read: 30m')
    .option('--probe <time>', 'how often the credentials of a connection are tested: 1h')
}

/** The flags as settings of a house file. `named`: at least one has to be given. */
export async function readTenantSettings(io: Io, options: TenantOptions, need?: 'named'): Promise<DescribedSettings> {
  const { channel, alarm, templates, namesOnDevices, retentionDays, ...plain } = options
  const given: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(plain))
    if (name !== 'json' && value !== undefined) given[name] = orDefault(value)
  if (channel !== undefined) given['channels'] = channel.includes('default') ? null : channel
  if (alarm !== undefined) given['alarm'] = alarm === 'none' || alarm === 'default' ? null : alarm
  if (namesOnDevices !== undefined) given['namesOnDevices'] = yesOrNo(namesOnDevices)
  if (retentionDays !== undefined) given['retentionDays'] = Number(retentionDays)
  if (templates !== undefined) given['templates'] = await templatesOf(io, templates)
  if (need && Object.keys(given).length === 0)
    throw wrongUsage('Nothing to change was named.', 'See what can be: stayward tenant set --help')
  const parsed = houseFile.shape.settings.safeParse(given)
  if (parsed.success && parsed.data) return parsed.data
  throw new Refusal(
    (parsed.error?.issues ?? []).map(({ path }) => ({
      text: `--${String(path[0]).replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)} cannot be that.`,
      remedy: 'See what it can be: stayward tenant set --help',
    })),
    2,
  )
}

function orDefault(value: unknown): unknown {
  return value === 'default' ? null : value
}

function yesOrNo(text: string): unknown {
  return text === 'yes' ? true : text === 'no' ? false : orDefault(text)
}

async function templatesOf(io: Io, file: string): Promise<unknown> {
  const templates = await readJson(io, file)
  const whole =
    isObject(templates) &&
    Object.values(templates).every(
      (own) => isObject(own) && Object.values(own).every((text) => typeof text === 'string'),
    )
  if (!whole)
    throw refuse(
      `${file} holds no templates.`,
      'Write them by language and name: { "en": { "door-code.plain": "Your way into {unit}: {doors}" } }',
    )
  return templates
}
