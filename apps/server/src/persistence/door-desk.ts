import { AdapterError, type Clock, type DoorAnswer, findOpener, giveOrder, type Opened } from '@stayward/core'
import type { Pool } from 'pg'
import type { TenantSecrets } from '../secrets/tenant-secrets.ts'
import { doorLedger, type DoorOpening } from './door-openings.ts'

/** Where a person, or a program on a person's word, has a door opened, and sees who did before. */
export interface DoorDesk {
  open(tenantId: string, order: OpenOrder): Promise<OpenResult>
  /** Newest first. */
  openings(tenantId: string, limit: number): Promise<readonly DoorOpening[]>
}

export interface OpenOrder {
  /** The door's id or short name. */
  readonly door: string
  /** Which of the device's doors, where it has several. */
  readonly at?: string
  /** For the ledger: who asks. */
  readonly by: string
  readonly why: string
  /** The same key again is answered and never done again. */
  readonly key: string
}

export type OpenResult =
  /** `again`: the order of this key was given before, and this is what came of it. */
  | {
      readonly status: 'given'
      readonly again: boolean
      readonly opening: DoorOpening & { readonly answer: DoorAnswer }
    }
  /** Nothing was asked of any device. */
  | {
      readonly status: 'no-door' | 'cannot-open' | 'key-used'
      readonly text: string
      readonly remedy: string
    }

type Keypad = Opened<'lock'> | Opened<'intercom'>

export interface DoorDeskOptions {
  readonly pool: Pool
  readonly secretsOf: (tenantId: string) => Promise<TenantSecrets>
  readonly clock: Clock
  /** Lends a connection's provider. */
  readonly withKeypad: <Result>(
    tenantId: string,
    connection: { readonly id: string; readonly name: string },
    use: (keypad: Keypad) => Promise<Result>,
  ) => Promise<Result>
}

/** Milliseconds that whoever asks waits at most. */
const patience = 60_000

export function createDoorDesk({ pool, secretsOf, clock, withKeypad }: DoorDeskOptions): DoorDesk {
  const ledgerOf = async (tenantId: string) => doorLedger(pool, tenantId, await secretsOf(tenantId))
  return {
    openings: async (tenantId, limit) => await (await ledgerOf(tenantId)).list(limit),
    open: async (tenantId, order) => {
      const ledger = await ledgerOf(tenantId)
      const door = await ledger.door(order.door)
      if (!door) return noDoor(order.door)
      const before = await ledger.ordered(order.key)
      if (before) return repeated(before, door.id)
      const { device } = door
      if (!device)
        return { status: 'cannot-open', text: `Nothing at ${door.name} can be told to open it.`, remedy: noDevice }

      const give = async (answerOf: () => Promise<DoorAnswer>): Promise<OpenResult> => {
        const { by, why, key, at } = order
        const intent = { door: { id: door.id, name: door.name }, by, why, ...(at === undefined ? {} : { chosen: at }) }
        const asked = clock.now()
        const id = await ledger.begin({ ...intent, key }, asked)
        if (id === undefined) return repeated(await ledger.ordered(key), door.id) // somebody gives it just now
        const answer = await answerOf().catch(async (error: unknown) => {
          await ledger.end(id, noAnswer, clock.now()) // a bug of ours says nothing about the door
          throw error
        })
        const answeredAt = clock.now()
        await ledger.end(id, answer, answeredAt)
        return {
          status: 'given',
          again: false,
          opening: { ...intent, id, at: asked, answer: { ...answer, at: answeredAt } },
        }
      }
      // A person stands before the door: this goes first where the vendor's budget is short.
      const call = { signal: AbortSignal.timeout(patience), near: true }
      const { connectionId: id, connection: name, vendorId: deviceId } = device
      const place = { deviceId, ...(order.at === undefined ? {} : { at: order.at }) }
      try {
        return await withKeypad(tenantId, { id, name }, async (keypad) => {
          const opener = await findOpener(keypad, place, call)
          return opener.status === 'none'
            ? { ...opener, status: 'cannot-open' }
            : await give(() => giveOrder(opener, call))
        })
      } catch (error) {
        if (!AdapterError.is(error)) throw error
        // Only what comes before an order throws one: the connection does not open, or the device does not answer.
        const { message, remedy } = error
        return await give(async () => ({ outcome: 'failed', text: `The door was not opened: ${message}`, remedy }))
      }
    },
  }
}

const noDevice = 'A door with one code for all, or with nothing to enter, has no device. Open it yourself.'

const noDoor = (name: string): OpenResult => ({
  status: 'no-door',
  text: `There is no door "${name}".`,
  remedy: 'See them: stayward door list',
})

const noAnswer: DoorAnswer = {
  outcome: 'unknown',
  text: 'No answer was heard, so nobody knows whether the door has opened.',
  remedy: 'See whether it is open, or ask whoever stands there, before you order again.',
}

/** What was ordered once is told, and never ordered again: not after a failure, and not while no answer has come. */
function repeated(before: DoorOpening | undefined, doorId: string): OpenResult {
  if (before?.door.id !== doorId)
    return {
      status: 'key-used',
      text: `This key was used for an order to open ${before?.door.name ?? 'another door'}.`,
      remedy: 'Give every order a key of its own.',
    }
  return {
    status: 'given',
    again: true,
    opening: { ...before, answer: before.answer ?? { ...noAnswer, at: before.at } },
  }
}
