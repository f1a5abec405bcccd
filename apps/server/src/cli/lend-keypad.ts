import type { DoorDeskOptions } from '../persistence/door-desk.ts'
import type { Cli } from './cli.ts'
import { knownConnection, reached } from './known-connection.ts'
import type { Session, TenantSession } from './session.ts'
import { noteRehearsal, withKeypad } from './vendor-talk.ts'

/** A tenant's keypads, each opened for as long as it is used. */
export function lendKeypad(session: Session, own: TenantSession, out: Cli['out']): DoorDeskOptions['withKeypad'] {
  return async (_tenant, { name }, use) => {
    const known = await knownConnection(session, own, name)
    noteRehearsal(out, session, known.adapter)
    return await withKeypad(session, reached(known), use)
  }
}
