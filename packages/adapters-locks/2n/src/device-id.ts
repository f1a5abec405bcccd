import * as z from 'zod'

/** The serial number, as the device tells it and its label shows it (docs/vendors/2n.md, "Ids"): `54-0842-0017`. */
export const deviceId = z.string().regex(/^[0-9A-Za-z][0-9A-Za-z-]{3,30}$/, {
  error:
    'A 2N device is known by its serial number, for example 54-0842-0017: on its label, and on its page under Status. ' +
    'List the devices of this connection in Stayward and copy the id from there.',
})
