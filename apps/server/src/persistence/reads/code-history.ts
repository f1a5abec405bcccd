import { CodeRow, CodeTransitionRow } from '../entities/index.ts'
import { codeStateFrom } from '../store/code-transitions.ts'
import type { ReadScope } from './booking-lines.ts'
import type { CodeHistoryLine } from './read-model.ts'

export async function readCodeHistory(
  { em, tenantId }: Pick<ReadScope, 'em' | 'tenantId'>,
  codeId: string,
): Promise<readonly CodeHistoryLine[] | undefined> {
  if ((await em.count(CodeRow, { tenantId, id: codeId })) === 0) return undefined
  const rows = await em.find(CodeTransitionRow, { tenantId, codeId }, { orderBy: { id: 'asc' } })
  return rows.map(({ id, at, was, became, changed, cause, bookingVersion, compared }) => ({
    id,
    at,
    ...(was ? { was: codeStateFrom(was) } : {}),
    became: codeStateFrom(became),
    changed,
    cause,
    bookingVersion,
    compared,
  }))
}
