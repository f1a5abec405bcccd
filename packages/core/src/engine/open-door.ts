import { AdapterError } from '../ports/adapter-error.ts'
import type { Call } from '../ports/call.ts'
import type { OpenReceipt } from '../ports/lock-provider.ts'
import type { Opened } from '../ports/providers.ts'

/**
 * What became of one order to open a door. `accepted`: the vendor took it, and whether the door moved is not known.
 * `refused`, `failed`: it was not opened. `unknown`: it may have been.
 */
export interface DoorAnswer {
  readonly outcome: 'opened' | 'accepted' | 'refused' | 'failed' | 'unknown'
  /** For people. */
  readonly text: string
  readonly remedy?: string
}

/** The device as its vendor names it, and which of its doors where it has several. */
export interface DoorToOpen {
  readonly deviceId: string
  readonly at?: string
}

export type Opener =
  | { readonly status: 'ready'; open(call: Call): Promise<OpenReceipt> }
  /** There is no such order to give; nothing has been asked for. */
  | { readonly status: 'none'; readonly text: string; readonly remedy: string }

/** How this device is told to open. Reads at most; throws `AdapterError`. */
export async function findOpener(
  { provider, capabilities, vendor }: Opened<'lock'> | Opened<'intercom'>,
  { deviceId, at }: DoorToOpen,
  call: Call,
): Promise<Opener> {
  const none = (text: string, remedy: string): Opener => ({ status: 'none', text, remedy })
  const cannot = () =>
    none(`${vendor} cannot be told to open a door from here.`, 'Open it with a code, in its own app, or with a key.')
  if (!capabilities.opens) return cannot()
  if (!('listDoors' in provider)) {
    if (at !== undefined) return none('This lock has one door only.', 'Leave out which of its doors is meant.')
    const { open } = provider
    return open ? { status: 'ready', open: (order) => open.call(provider, deviceId, order) } : cannot()
  }
  const { openDoor } = provider
  if (!openDoor) return cannot()
  const doors = await provider.listDoors(deviceId, call)
  const named = doors.map(({ ref, name }) => `${ref} (${name})`).join(', ')
  const [only, ...others] = at === undefined ? doors : doors.filter(({ ref }) => ref === at)
  if (!only && at === undefined)
    return none('The intercom has no door that can be opened by itself.', 'See its own settings.')
  if (!only) return none(`The intercom has no door "${at}".`, `It has: ${named}.`)
  if (others.length > 0) return none('The intercom opens several doors.', `Say which one: ${named}.`)
  return { status: 'ready', open: (order) => openDoor.call(provider, deviceId, only.ref, order) }
}

/** Gives the order, once. What went wrong is an answer: whoever asked has to know whether the door may be open. */
export async function giveOrder(opener: Extract<Opener, { status: 'ready' }>, call: Call): Promise<DoorAnswer> {
  try {
    return answerOf(await opener.open(call))
  } catch (error) {
    if (AdapterError.is(error)) return failureOf(error)
    if (call.signal.aborted) return unanswered
    throw error
  }
}

function answerOf(receipt: OpenReceipt): DoorAnswer {
  switch (receipt.status) {
    case 'opened':
      return { outcome: 'opened', text: 'The door was opened.' }
    case 'accepted':
      return {
        outcome: 'accepted',
        text: 'The vendor took the order. Whether the door has opened, it does not say.',
        remedy: 'Ask whoever stands there before you order again.',
      }
    case 'refused':
      return {
        outcome: 'refused',
        text: `The door was not opened: ${receipt.detail ?? refusals[receipt.reason]}`,
        remedy: 'Let them in another way, and see to the device.',
      }
  }
}

const refusals = { 'not-allowed': 'the device does not allow it.', jammed: 'the lock is jammed.' }

const unanswered: DoorAnswer = {
  outcome: 'unknown',
  text: 'No answer came, so nobody knows whether the door has opened. The order is not given again by itself.',
  remedy: 'See whether it is open, or ask whoever stands there, before you order again.',
}

function failureOf({ code, message, remedy }: AdapterError): DoorAnswer {
  switch (code) {
    case 'outcome-unknown':
    case 'bad-response':
      return {
        ...unanswered,
        text: `${message} So nobody knows whether the door has opened. It is not tried again by itself.`,
      }
    case 'auth':
    case 'refused':
    case 'rate-limited':
    case 'unreachable':
    case 'device-offline':
    case 'gone':
      return { outcome: 'failed', text: `The door was not opened: ${message}`, remedy }
  }
}
