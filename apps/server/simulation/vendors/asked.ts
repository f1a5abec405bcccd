import type { CodeToWrite, OutgoingMessage } from '@stayward/core'
import { millisecondsOf } from '@stayward/core'
import type { SimulatedKeypad } from '@stayward/core/testing'
import type { Names } from './own-words.ts'

/** The keypad at a connection by the vendor's id of it. */
export type FindKeypad = (where: string, deviceId: unknown) => SimulatedKeypad | undefined

/**
 * The one thing that a call is about, in the plot's names. Whoever watches a keypad is told what it is asked for. Arguments
 * are as the ports say.
 */
export function aboutOf(
  { where, operation, args }: { readonly where: string; readonly operation: string; readonly args: readonly unknown[] },
  names: Names,
  find: FindKeypad,
): string {
  const [first, second] = args
  switch (operation) {
    case 'send':
    case 'lookUp':
      return (first as OutgoingMessage).key
    case 'messageGuest':
      return names.stay((first as { readonly ref: string }).ref)
    case 'readBooking':
    case 'readMessages':
      return names.stay(first as string)
  }
  const keypad = find(where, first)
  if (!keypad) return ''
  switch (operation) {
    case 'writeCode': {
      const { mark, label, pin, window, vendorRef } = second as CodeToWrite
      const bounds = { from: millisecondsOf(window.from), until: millisecondsOf(window.until) }
      keypad.watcher.writeAsked(keypad, { mark, label, pin, ...bounds }, vendorRef)
      return `${keypad.id} ${mark}`
    }
    case 'removeCode':
      keypad.watcher.removeAsked(keypad, second as string)
      return `${keypad.id} ${second as string}`
    default:
      return keypad.id
  }
}
