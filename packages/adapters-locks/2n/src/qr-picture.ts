import { create, toBuffer, toString } from 'qrcode'
import type { QrDrawing } from '@stayward/core/adapter'
import { fits } from './user-form.ts'

/**
 * A picture, 600 × 600 pixels or a little more, that the device's own camera reads instead of fingers on the keypad: the PIN as text, nothing else
 * (docs/vendors/2n.md, "QR"). `firmware` is what the device says of itself, `2.47.0.60.6`.
 */
export async function qrPicture(pin: string, firmware: string): Promise<QrDrawing> {
  if (!fits(pin))
    return {
      status: 'refused',
      detail: 'No PIN of the hub for a 2N device: it has 4 to 12 digits, even, no 0 in front.',
    }
  if (pin.length < 10 && majorOf(firmware) < 3)
    return {
      status: 'refused',
      detail:
        `With firmware ${plain(firmware)} the camera reads PINs of ten digits and more. Update the device to firmware 3, or ` +
        'give its doors a path without locks that take shorter PINs only.',
    }
  // Plain text, one level above the default: it is shown on scratched telephones in the dark.
  const options = { errorCorrectionLevel: 'Q', margin: 4 } as const
  const { modules } = create(pin, options)
  const scale = Math.ceil(600 / (modules.size + 2 * options.margin))
  const png = await toBuffer(pin, { ...options, type: 'png', scale })
  return { status: 'drawn', png: new Uint8Array(png), svg: await toString(pin, { ...options, type: 'svg' }) }
}

/** An unknown version counts as an old one. */
const majorOf = (firmware: string) => Number(/^\d{1,3}(?=\.)/.exec(firmware)?.[0] ?? 0)

const plain = (firmware: string) => (/^[\d.]{1,30}$/.test(firmware) ? firmware : 'that is unknown')
