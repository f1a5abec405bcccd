import { type StoreWatcher } from '@stayward/core/testing'
import type { FoundBookings, MessageClaim, StayView } from '@stayward/core'

/** What vendors call things, and what the plot calls them; what is unknown keeps its name. */
export interface Names {
  stay(ref: string): string
  unit(ref: string): string
  address(to: string): string
}

/** What hubs store is told in the plot's names: judges know of no vendor. */
export function inPlotNames(watcher: StoreWatcher, names: Names): StoreWatcher {
  const argsOf = (name: string, args: readonly unknown[]): readonly unknown[] => {
    const [first, second, ...rest] = args
    if (name === 'saveBookings') {
      const found = second as FoundBookings // as the port says, here and below
      const bookings = found.bookings.map(({ unitRef, ...booking }) => ({
        ...booking,
        ref: names.stay(booking.ref),
        ...(unitRef === undefined ? {} : { unitRef: names.unit(unitRef) }),
      }))
      return [first, { ...found, bookings }, ...rest]
    }
    if (name === 'claimMessage') {
      const claim = second as MessageClaim
      const { message } = claim
      const to = message.channel === 'inbox' ? names.stay(message.to) : names.address(message.to)
      return [first, { ...claim, message: { ...message, to } }, ...rest]
    }
    return args
  }
  const answerOf = (name: string, answer: unknown): unknown => {
    if (name !== 'loadStay' || !answer) return answer
    const view = answer as StayView
    return { ...view, booking: { ...view.booking, ref: names.stay(view.booking.ref) } }
  }
  return {
    stored: (name, args, answer) => watcher.stored(name, argsOf(name, args), answerOf(name, answer)),
    answerLost: (name) => watcher.answerLost(name),
  }
}
