import { MikroORM } from '@mikro-orm/postgresql'
import type pg from 'pg'
import { entities } from './entities/index.ts'
import { releaseBroken } from './release-broken.ts'

export type Orm = MikroORM

/** The ORM on the application's login: for the house and for what people read. The engine's store speaks SQL itself. */
export async function openOrm(appUrl: string, connections = 5): Promise<Orm> {
  const orm = await MikroORM.init({
    entities,
    clientUrl: appUrl,
    // MikroORM reads host, port, login and database of an address, and nothing else (no sslmode).
    driverOptions: { connectionString: appUrl } satisfies pg.PoolConfig,
    pool: { min: 0, max: connections },
    allowGlobalContext: false,
    discovery: { warnWhenNoEntities: false },
  })
  await releaseBroken(orm.em.getConnection())
  return orm
}
