import { HttpResponse } from 'msw'
import type { Beds24MessageRow, Beds24PropertyRow, Beds24Row, Beds24State } from './beds24-state.ts'

/** Instants as Beds24 writes them, without milliseconds. */
export const secondsOf = (at: number): string => `${new Date(at).toISOString().slice(0, 19)}Z`

/** A booking as the API has it. Personal fields stay empty without the right to see them. */
export function bookingJson(row: Beds24Row, state: Beds24State, personal: boolean) {
  const { guest } = row
  const see = (text: string) => (personal ? text : '')
  return {
    ...bookingFacts(row, state),
    title: '',
    firstName: see(guest.firstName),
    lastName: see(guest.lastName),
    email: see(guest.email),
    phone: see(guest.phone),
    mobile: see(guest.mobile),
    fax: '',
    company: '',
    address: '',
    city: '',
    state: '',
    postcode: '',
    country: '',
    country2: null,
    lang: guest.lang,
    comments: '',
    notes: '',
    message: '',
    groupNote: '',
    voucher: '',
    custom1: '',
    flagColor: '',
    flagText: '',
    apiMessage: '',
    rateDescription: '',
    reference: '',
    referer: row.apiSource,
    refererEditable: row.apiSource,
    deposit: 0,
    tax: 0,
    commission: 72,
    invoiceeId: null,
    stripeToken: null,
    pcibookingToken: null,
  }
}

/** What both the API and the webhook tell. */
export function bookingFacts(row: Beds24Row, state: Beds24State) {
  const property = state.properties.find(({ rooms }) => rooms.some(({ id }) => id === row.roomId))
  return {
    id: row.id,
    masterId: row.masterId,
    propertyId: property?.id ?? 0,
    roomId: row.roomId,
    unitId: row.unitId ?? 0,
    roomQty: row.roomQty,
    offerId: 1,
    status: row.status,
    subStatus: 'none',
    statusCode: 0,
    arrival: row.arrival,
    departure: row.departure,
    arrivalTime: row.arrivalTime,
    numAdult: 2,
    numChild: 0,
    channel: row.channel,
    apiSourceId: row.channel === 'direct' ? 0 : row.channel === 'airbnb' ? 46 : 19,
    apiSource: row.apiSource,
    apiReference: row.apiReference,
    bookingTime: secondsOf(row.bookedAt),
    modifiedTime: secondsOf(row.modifiedAt),
    cancelTime: row.cancelledAt === null ? null : secondsOf(row.cancelledAt),
    price: 480,
    allowChannelUpdate: 'all',
    allowAutoAction: 'enable',
    allowReview: 'default',
    allowCancellation: { type: 'propertyDefault', daysBeforeArrivalValue: null },
  }
}

export function propertyJson(
  row: Beds24PropertyRow,
  state: Beds24State,
  { rooms, units }: { readonly rooms: boolean; readonly units: boolean },
) {
  return {
    id: row.id,
    name: row.name,
    propertyType: 'apartment',
    currency: row.currency,
    address: '1 rue A',
    city: 'Nice',
    state: '',
    country: 'FR',
    postcode: '06000',
    latitude: 43.7,
    longitude: 7.25,
    checkInStart: row.checkInStart,
    checkInEnd: '22:00',
    checkOutEnd: row.checkOutEnd,
    account: { ownerId: state.account.ownerId },
    ...(rooms
      ? {
          roomTypes: row.rooms.map((room) => ({
            id: room.id,
            propertyId: row.id,
            name: room.name,
            roomType: 'apartment',
            qty: room.qty,
            maxPeople: 4,
            ...(units
              ? {
                  units: Array.from({ length: room.qty }, (_, index) => ({
                    id: index + 1,
                    name: room.unitNames[index] ?? '',
                  })),
                }
              : {}),
          })),
        }
      : {}),
    webhooks: row.webhook,
  }
}

export function messageJson(row: Beds24MessageRow, state: Beds24State) {
  const booking = state.bookings.find(({ id }) => id === row.bookingId)
  return {
    id: row.id,
    bookingId: row.bookingId,
    propertyId: booking === undefined ? 0 : bookingFacts(booking, state).propertyId,
    roomId: booking?.roomId ?? 0,
    authorOwnerId: state.account.ownerId,
    time: secondsOf(row.at),
    read: false,
    message: row.text,
    source: row.source,
    attachment: null,
    attachmentName: null,
    attachmentMimeType: null,
  }
}

/** A page of a listing, by the query's `page`. */
export function pageJson(type: string, rows: readonly unknown[], state: Beds24State, query: URLSearchParams): Response {
  const { pageSize, count } = state.switches
  const page = Math.max(1, Number(query.get('page') ?? 1))
  const data = rows.slice((page - 1) * pageSize, page * pageSize)
  const nextPageExists = rows.length > page * pageSize
  return HttpResponse.json({
    success: true,
    type,
    count: count === 'page' ? data.length : rows.length,
    // The link lacks the filters: whoever follows it reads something else.
    pages: { nextPageExists, nextPageLink: nextPageExists ? `beds24.com/api/v2/${type}s?page=${page + 1}` : null },
    data,
  })
}

export function refusal(code: number, error: string): Response {
  return HttpResponse.json({ success: false, type: 'error', code, error }, { status: code })
}
