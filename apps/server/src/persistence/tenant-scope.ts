import type { EntityManager } from '@mikro-orm/postgresql'
import { isId } from './ordered-id.ts'
import type { Orm } from './orm.ts'

/**
 * An entity manager of one tenant: every transaction of it sets the tenant first, and PostgreSQL shows it nothing else.
 * Each call makes a fresh one, so that no identity map outlives a piece of work.
 */
export function tenantScope(orm: Orm, tenantId: string): EntityManager {
  if (!isId(tenantId)) throw new TypeError('not the id of a tenant')
  const em = orm.em.fork()
  em.setSessionContext({ variables: { 'app.tenant_id': tenantId } })
  return em
}
