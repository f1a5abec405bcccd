import { resolve } from 'node:path'
import { readMemory } from '../../persistence/memory/hub-memory.ts'
import { loginProblems } from '../../persistence/logins.ts'
import { clockTime } from '../output.ts'
import type { Session } from '../session.ts'
import { bad, type Finding, ok } from './finding.ts'

/** Seconds. Windows and deadlines are worked out by the hub's clock and kept by the database's. */
const mostSkew = 30

export async function checkDatabase({ pool, database, settings }: Session): Promise<readonly Finding[]> {
  const client = await pool.connect()
  try {
    const asked = Date.now()
    const { rows } = await client.query<{ at: Date; version: string; login: string; owner: string; base: string }>(
      `select clock_timestamp() as at, current_setting('server_version') as version, current_user as login,
         current_database() as base,
         (select pg_get_userbyid(relowner) from pg_class where oid = to_regclass('public.work')) as owner`,
    )
    const [seen] = rows
    if (!seen) return [bad('database', 'it does not answer', 'See its log.')]
    // The database's reading is somewhere between the question and the answer.
    const skew = Math.max(asked - seen.at.getTime(), seen.at.getTime() - Date.now(), 0) / 1000
    const where =
      database.embeddedDir === undefined
        ? `yours (${hostOf(settings.databaseUrl)}, database ${seen.base})`
        : `embedded, in ${resolve(database.embeddedDir)}`
    const problems = await loginProblems(client)
    return [
      skew > mostSkew
        ? bad(
            'clock',
            `this machine and the database are ${Math.round(skew)} s apart`,
            'Switch on time synchronisation (NTP) on both; codes would open too early or too late.',
          )
        : ok('clock', `${new Date().toISOString().slice(0, 19)}Z, the database agrees`),
      ok('database', `PostgreSQL ${seen.version.split(' ')[0] ?? ''}, ${where}`),
      ...(problems.length === 0
        ? [ok('logins', `runs as ${seen.login}, which owns nothing; the schema belongs to ${seen.owner}`)]
        : problems.map((text) => bad('logins', text, 'Until then every tenant could see the others.'))),
      database.notDurable.length === 0
        ? ok('durability', 'what was acknowledged survives a power cut')
        : bad(
            'durability',
            `${database.notDurable.join(', ')} ${database.notDurable.length === 1 ? 'is' : 'are'} off: a power cut can lose what was acknowledged`,
            'Switch on in postgresql.conf, and reload.',
          ),
    ]
  } finally {
    client.release()
  }
}

export function checkKey({ database: { masterKeyPath } }: Session): readonly Finding[] {
  const place = masterKeyPath === undefined ? 'in the environment (STAYWARD_MASTER_KEYS)' : resolve(masterKeyPath)
  return [ok('master key', `${place}; back it up together with the database`)]
}

export async function checkMemory({ pool }: Session): Promise<readonly Finding[]> {
  const { noticed } = await readMemory(pool)
  if (!noticed || noticed.confirmedAt !== undefined) return [ok('memory', 'the database was not set back')]
  const { from, until } = noticed
  return [
    bad(
      'memory',
      `RESTORE MODE: the database has forgotten ${clockTime(from)} to ${clockTime(until)}; nothing is sent, written or removed`,
      'See what was found, then confirm: stayward restore status',
    ),
  ]
}

/** Without login and password. */
function hostOf(url: string | undefined): string {
  return (url === undefined ? undefined : URL.parse(url)?.host) ?? 'unknown host'
}
