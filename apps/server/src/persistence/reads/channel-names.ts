import { Connection } from '../entities/index.ts'
import type { ReadScope } from './booking-lines.ts'

/** Ledgers name a channel by its connection's id; people know it by name. */
export async function channelNames({
  em,
  tenantId,
}: Pick<ReadScope, 'em' | 'tenantId'>): Promise<(channel: string) => string> {
  const names = new Map((await em.find(Connection, { tenantId })).map(({ id, name }) => [id, name]))
  return (channel) => names.get(channel) ?? channel
}
