import type { Command } from 'commander'
import { createApiKeys, type KeyRights } from '../auth/api-keys.ts'
import { acting, type Cli, family, leaf, tenantOption } from './cli.ts'
import { clockTime, type Outcome } from './output.ts'
import { refuse } from './refusal.ts'
import type { Session } from './session.ts'

interface Options {
  readonly tenant?: string
}

export function keyCommands(program: Command, cli: Cli): void {
  const key = family(program, 'key', "keys for a tenant's API")
  leaf(key, 'add <name>', 'a new key, shown this once; the name says whose it is')
    .option('--see-pins', 'it may see PINs and the texts that guests were sent')
    .option('--open-doors', 'it may have doors opened')
    .option('--confirm-restores', 'it may confirm, for the whole server, that a database which was set back is right')
    .option(...tenantOption)
    .addHelpText('after', '\nUse it as: curl -H "Authorization: Bearer <key>" …/api/v1/bookings')
    .action(acting(cli, (name: string, options: Options & Partial<KeyRights>) => addKey(cli, name, options)))
  leaf(key, 'list', 'all keys, without their texts')
    .option(...tenantOption)
    .action(acting(cli, (options: Options) => listKeys(cli, options)))
  leaf(key, 'revoke <id>', 'end a key, at once and for ever')
    .option(...tenantOption)
    .action(acting(cli, (id: string, options: Options) => revokeKey(cli, id, options)))
}

const keysOf = ({ pool, clock }: Session) => createApiKeys({ pool, clock })

async function addKey(
  { out, withSession }: Cli,
  name: string,
  { tenant, seePins = false, openDoors = false, confirmRestores = false }: Options & Partial<KeyRights>,
): Promise<Outcome> {
  return await withSession(async (session) => {
    const own = await session.tenant(tenant)
    const { id, text } = await keysOf(session).add(own.tenant, { name, seePins, openDoors, confirmRestores })
    const rights = [
      ...(seePins ? ['see PINs'] : []),
      ...(openDoors ? ['open doors'] : []),
      ...(confirmRestores ? ['confirm restores of the whole server'] : []),
    ].join(' and ')
    out.say(`Key "${name}"${rights === '' ? '' : `, which may ${rights}`}. It is shown this once and kept nowhere:`)
    out.say(`  ${text}`)
    return { key: { id, name, seePins, openDoors, confirmRestores, text } }
  })
}

async function listKeys({ out, withSession }: Cli, { tenant }: Options): Promise<Outcome> {
  return await withSession(async (session) => {
    const own = await session.tenant(tenant)
    const keys = await keysOf(session).list(own.tenant)
    out.table(
      keys.map(({ id, name, seePins, openDoors, confirmRestores, createdAt, lastUsedAt, revokedAt }) => ({
        id,
        name,
        'sees PINs': seePins ? 'yes' : 'no',
        'opens doors': openDoors ? 'yes' : 'no',
        'confirms restores': confirmRestores ? 'yes' : 'no',
        since: createdAt.slice(0, 10),
        'last used': lastUsedAt === undefined ? 'never' : clockTime(lastUsedAt),
        state: revokedAt === undefined ? 'in force' : `revoked ${revokedAt.slice(0, 10)}`,
      })),
      'No keys yet. Make one: stayward key add "my laptop"',
    )
    return { keys }
  })
}

async function revokeKey({ out, withSession }: Cli, id: string, { tenant }: Options): Promise<Outcome> {
  return await withSession(async (session) => {
    const own = await session.tenant(tenant)
    if (!(await keysOf(session).revoke(own.tenant, id)))
      throw refuse(`No key in force has the id "${id}".`, `See them: stayward key list --tenant ${own.tenant.slug}`)
    out.say('The key is revoked; it opens nothing any more.')
    return { revoked: id }
  })
}
