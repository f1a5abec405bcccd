import type { Clock } from '@stayward/core'
import type { Pool } from 'pg'
import { confirmLostTime, readMemory } from './hub-memory.ts'
import type { Noticed } from './judge-memory.ts'
import { restoreFindings, type RestoreFindings } from './restore-findings.ts'
import { announceRestore } from './restore-notices.ts'

/** `whole`: nothing was ever found missing. `confirmed`: a person has confirmed the newest loss. */
export type RestoreState = { readonly state: 'whole' } | ({ readonly state: 'restoring' | 'confirmed' } & Noticed)

/** Where a person sees what the database has forgotten and what was found, and says that the hub may go on. */
export interface RestoreDesk {
  state(): Promise<RestoreState>
  findings(tenantId: string, noticed: Noticed): Promise<RestoreFindings>
  /** `false` when there is nothing to confirm (any more). */
  confirm(): Promise<boolean>
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
    confirm: async () => {
      const now = clock.now()
      const after = await confirmLostTime(pool, now)
      if (!after?.noticed) return false
      await announceRestore(pool, after.noticed, now)
      marked?.()
      return true
    },
  }
}
