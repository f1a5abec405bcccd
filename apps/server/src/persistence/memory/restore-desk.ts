import type { Clock } from '@stayward/core'
import type { Pool } from 'pg'
import { listTenants } from '../tenants.ts'
import { type Confirmation, confirmLostTime, readMemory } from './hub-memory.ts'
import type { Noticed } from './judge-memory.ts'
import { restoreFindings, type RestoreFindings } from './restore-findings.ts'
import { announceRestore } from './restore-notices.ts'

/** `whole`: nothing was ever found missing. `confirmed`: a person has confirmed the newest loss. */
export type RestoreState = { readonly state: 'whole' } | ({ readonly state: 'restoring' | 'confirmed' } & Noticed)

/** Where a person sees what the database has forgotten and what was found, and says that the hub may go on. */
export interface RestoreDesk {
  state(): Promise<RestoreState>
  findings(tenantId: string, noticed: Noticed): Promise<RestoreFindings>
  /** What was found of all tenants but this one, in numbers: for who decides for the whole server. */
  elsewhere(tenantId: string, noticed: Noticed): Promise<FoundElsewhere>
  /** `false` when this lost time does not wait for anybody's word (any more). */
  confirm(word: Confirmation): Promise<boolean>
}

export interface FoundElsewhere {
  readonly tenants: number
  readonly adopted: number
  readonly perhapsTold: number
  readonly waiting: number
  /** Codes on doors that no stay has claimed. */
  readonly strays: number
  readonly unread: number
}

export interface RestoreDeskOptions {
  readonly pool: Pool
  readonly clock: Clock
  readonly marked?: () => void
}

export function createRestoreDesk({ pool, clock, marked }: RestoreDeskOptions): RestoreDesk {
  return {
    state: async () => {
      const { noticed } = await readMemory(pool)
      if (!noticed) return { state: 'whole' }
      return { state: noticed.confirmedAt === undefined ? 'restoring' : 'confirmed', ...noticed }
    },
    findings: (tenantId, { at }) => restoreFindings(pool, tenantId, at),
    elsewhere: async (tenantId, { at }) => {
      const others = (await listTenants(pool)).filter(({ id }) => id !== tenantId)
      const all: RestoreFindings[] = []
      for (const { id } of others) all.push(await restoreFindings(pool, id, at))
      const sum = (count: (found: RestoreFindings) => number) => all.reduce((so, found) => so + count(found), 0)
      return {
        tenants: others.length,
        adopted: sum(({ adopted }) => adopted.length),
        perhapsTold: sum(({ perhapsTold }) => perhapsTold.length),
        waiting: sum(({ waiting }) => waiting.length),
        strays: sum(({ strays }) => strays.reduce((so, { codes }) => so + codes, 0)),
        unread: sum(({ unread }) => unread.length),
      }
    },
    confirm: async (word) => {
      const now = clock.now()
      const after = await confirmLostTime(pool, word, now)
      if (!after?.noticed) return false
      await announceRestore(pool, after.noticed, now)
      marked?.()
      return true
    },
  }
}
