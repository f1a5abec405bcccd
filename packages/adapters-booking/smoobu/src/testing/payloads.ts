/** The envelope of Smoobu's webhooks (docs/vendors/smoobu.md, webhooks). `user` is the account's number. */
export interface SmoobuPayload {
  readonly action: string
  readonly user: number
  readonly data: Readonly<Record<string, unknown>>
}

/** Every action that is known to exist. */
export const smoobuActions = [
  'newReservation',
  'updateReservation',
  'cancelReservation',
  'deleteReservation',
  'newMessage',
  'onlineCheckInUpdate',
  'updateRates',
  'priceElementCreated',
  'priceElementUpdated',
  'priceElementDeleted',
  'newTimelineEvent',
  'deleteTimelineEvent',
] as const

export function smoobuPayload(action: string, user: number, data: Readonly<Record<string, unknown>>): SmoobuPayload {
  return { action, user, data }
}

/** The least that names a new reservation, with nothing in it that goes stale. `more` lies beside the number. */
export const newReservationPayload = (id: number, user: number, more: Readonly<Record<string, unknown>> = {}) =>
  smoobuPayload('newReservation', user, { id, ...more })

export const updateReservationPayload = (id: number, user: number, more: Readonly<Record<string, unknown>> = {}) =>
  smoobuPayload('updateReservation', user, { id, ...more })

export const cancelReservationPayload = (id: number, user: number, more: Readonly<Record<string, unknown>> = {}) =>
  smoobuPayload('cancelReservation', user, { id, type: 'cancellation', ...more })

export const deleteReservationPayload = (id: number, user: number) => smoobuPayload('deleteReservation', user, { id })

export const newMessagePayload = (id: number, reservation: number, user: number, sender: 'guest' | 'host' = 'guest') =>
  smoobuPayload('newMessage', user, { id, sender, booking: { id: reservation } })

export const onlineCheckInUpdatePayload = (reservation: number, user: number) =>
  smoobuPayload('onlineCheckInUpdate', user, { bookingId: reservation })
