import { AdapterError } from '@stayward/core'
import * as z from 'zod'
import type { Drawn, QrDesk } from '../persistence/qr-desk.ts'
import { Problem } from '../problem.ts'
import { defineRoute, type Route } from './route.ts'

const params = z.object({ id: z.string().max(100).meta({ description: 'The code’s id.' }) })
const picture = z.object({ bytes: z.custom<Uint8Array>((value) => value instanceof Uint8Array) })

/** A code's PIN as a picture for the camera of its door. Only for keys that may see PINs. */
export function qrRoutes(qr: QrDesk): readonly Route[] {
  const draw = async (tenantId: string, seePins: boolean, id: string): Promise<Drawn> => {
    if (!seePins)
      throw new Problem('not-allowed', { detail: 'The picture shows the PIN: it takes a key made with --see-pins.' })
    const drawn = await qr.draw(tenantId, id).catch((error: unknown) => {
      if (!AdapterError.is(error)) throw error
      throw new Problem('unavailable', { detail: `${error.message} ${error.remedy}` })
    })
    if (drawn.status === 'drawn') return drawn
    if (drawn.status === 'no-code')
      throw new Problem('not-found', { detail: 'No code of this tenant that is in force has this id.' })
    throw new Problem('cannot-draw', { detail: `${drawn.text} ${drawn.remedy}` })
  }
  const route = (kind: 'svg' | 'png', id: string, media: 'image/svg+xml' | 'image/png') =>
    defineRoute({
      method: 'get',
      path: `/codes/{id}/qr.${kind}`,
      id,
      summary: 'The PIN of a code as a QR code for the camera of its door; asks the device what it reads',
      params,
      refuses: [403, 409],
      media,
      answer: picture,
      handle: async ({ caller, params: of }) => {
        const { svg, png } = await draw(caller.tenantId, caller.seePins, of.id)
        return { bytes: kind === 'svg' ? new TextEncoder().encode(svg) : png }
      },
    })
  return [route('svg', 'drawQrSvg', 'image/svg+xml'), route('png', 'drawQrPng', 'image/png')]
}
