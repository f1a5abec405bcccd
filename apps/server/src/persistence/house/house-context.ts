import type { EntityManager } from '@mikro-orm/postgresql'
import type { Clock, Instant, Mark } from '@stayward/core'
import { changesOf, markForOrm, markValues } from '../../queue/work-table.ts'
import type { TenantSecrets } from '../../secrets/tenant-secrets.ts'
import type { Orm } from '../orm.ts'
import { tenantScope } from '../tenant-scope.ts'

export interface HouseOptions {
  readonly orm: Orm
  readonly tenantId: string
  readonly secrets: TenantSecrets
  readonly clock: Clock
  /** Called when a change that marked keys has committed: wakes the loops of this process. */
  readonly markedLocally?: () => void
}

/** One change of a tenant's house, inside its transaction. */
export interface Change {
  readonly em: EntityManager
  readonly tenantId: string
  readonly secrets: TenantSecrets
  readonly now: Instant
  /** What has to be looked at again because of this change. */
  mark(marks: readonly Mark[]): void
}

export type ChangeHouse = <Result>(work: (change: Change) => Promise<Result>) => Promise<Result>

/** Runs a change as one transaction that marks, last of all, what it affects. */
export function changing({ orm, tenantId, secrets, clock, markedLocally }: HouseOptions): ChangeHouse {
  return async (work) => {
    const marks: Mark[] = []
    const now = clock.now()
    const result = await tenantScope(orm, tenantId).transactional(async (em) => {
      const done = await work({ em, tenantId, secrets, now, mark: (more) => marks.push(...more) })
      await em.flush()
      if (marks.length > 0) await em.execute(markForOrm, markValues(changesOf(tenantId, marks, []), now))
      return done
    })
    if (marks.length > 0) markedLocally?.()
    return result
  }
}

export type ReadHouse = <Result>(work: (em: EntityManager) => Promise<Result>) => Promise<Result>

export function reading({ orm, tenantId }: Pick<HouseOptions, 'orm' | 'tenantId'>): ReadHouse {
  return async (work) => await tenantScope(orm, tenantId).transactional(work)
}
