import * as z from 'zod'

/** The Web API's own number of a lock, decimal (docs/vendors/nuki.md, "Ids"): `17900000001`. */
export const deviceId = z.string().regex(/^[1-9]\d{0,15}$/, {
  error:
    'A Nuki device is the number of a lock in Nuki Web, for example 17900000001: digits only, usually eleven. ' +
    'The app and the Bridge show another one, with letters (hexadecimal). ' +
    'List the devices of this connection in Stayward and copy the id from there.',
})
