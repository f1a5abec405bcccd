import * as z from 'zod'

/**
 * `<lock id>/<id_accessoire>`, for example `7001/Kp7xQ2Za`: a lock with two keypads is two devices. Both ids are the
 * cloud's. The keypad's number, which portal addresses show, is refused by the cloud since 2023
 * (docs/vendors/the-keys.md, "Ids").
 */
export const deviceId = z.string().regex(/^\d{1,12}\/(?!\d+$)[A-Za-z0-9._~-]{1,64}$/, {
  error:
    'A The Keys device is "<lock id>/<keypad id>", for example 7001/Kp7xQ2Za. The keypad id is the text id_accessoire, ' +
    'usually 8 mixed letters and digits, and not the number that the portal shows in its address. ' +
    'List the devices of this connection in Stayward and copy the id from there.',
})

export interface KeypadAddress {
  readonly lockId: string
  /** `id_accessoire` of the keypad. */
  readonly keypadId: string
}

/** The two halves of a device id; `undefined` when it is none. */
export function addressOf(id: string): KeypadAddress | undefined {
  if (!deviceId.safeParse(id).success) return undefined
  const slash = id.indexOf('/')
  return { lockId: id.slice(0, slash), keypadId: id.slice(slash + 1) }
}

export function deviceIdOf({ lockId, keypadId }: KeypadAddress): string {
  return `${lockId}/${keypadId}`
}
