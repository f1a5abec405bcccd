import type { Command } from 'commander'
import { createQrDesk, type DrawableCode } from '../persistence/qr-desk.ts'
import { acting, type Cli, leaf, tenantOption } from './cli.ts'
import { lendKeypad } from './lend-keypad.ts'
import type { Outcome } from './output.ts'
import { refuse, wrongUsage } from './refusal.ts'
import type { Session } from './session.ts'

interface Options {
  readonly tenant?: string
  readonly out?: string
  readonly door?: string
}

export function qrCommand(code: Command, cli: Cli): void {
  leaf(code, 'qr <booking>', "a stay's PIN as a picture for the camera at its door")
    .requiredOption('--out <file>', 'a new file that ends in .png or .svg')
    .option('--door <name>', 'which one, where several doors of the stay have a camera')
    .option(...tenantOption)
    .addHelpText(
      'after',
      "\n<booking> is the booking system's number of it, or the id of a code. Whoever has the picture has the PIN.",
    )
    .action(acting(cli, (booking: string, options: Options) => drawQr(cli, booking, options)))
}

async function drawQr(cli: Cli, booking: string, { tenant, out: file = '', door }: Options): Promise<Outcome> {
  const { io, out } = cli
  const [, kind] = /\.(png|svg)$/.exec(file) ?? []
  if (kind === undefined) throw wrongUsage(`"${file}" is neither .png nor .svg.`, 'For example: --out code.png')
  return await cli.withSession(async (session) => {
    const own = await session.tenant(tenant)
    const { pool, secretsOf, clock } = session
    const desk = createQrDesk({ pool, secretsOf, clock, withKeypad: lendKeypad(session, own, out) })
    const code = choose(session, booking, door, await desk.codesOf(own.tenant.id, booking))
    const drawn = await desk.draw(own.tenant.id, code.id)
    if (drawn.status === 'no-code') throw noCode(booking)
    if (drawn.status === 'cannot-draw') throw refuse(drawn.text, drawn.remedy)
    try {
      await io.write(file, kind === 'svg' ? new TextEncoder().encode(drawn.svg) : drawn.png)
    } catch (error) {
      const { code: why } = error as { code?: unknown } // the system's errors have one
      if (why !== 'EEXIST') throw refuse(`${file} cannot be written.`, 'Name a file in a folder that you may write to.')
      throw refuse(`${file} is there already.`, 'Name a new file, so that no picture is taken for another guest’s.')
    }
    out.say(`${file} opens ${code.door} for booking ${code.ref}, held before its camera. Whoever has it has the PIN:`)
    out.say('give it to that guest only, and delete it afterwards.')
    return { file, code: code.id, booking: code.ref, door: code.door }
  })
}

function choose(
  { adapters }: Session,
  booking: string,
  door: string | undefined,
  codes: readonly DrawableCode[],
): DrawableCode {
  if (codes.length === 0) throw noCode(booking)
  const drawable = codes.filter(({ connection }) => {
    const adapter = adapters.get(connection.adapter)
    return adapter?.port === 'intercom' && adapter.capabilities.drawsQr === true
  })
  const meant = door === undefined ? drawable : drawable.filter((code) => code.door === door)
  const [only, ...others] = meant
  const names = drawable.map((code) => code.door).join(', ')
  if (drawable.length === 0)
    throw refuse('No door of this stay has a camera that reads QR codes.', 'Give the guest the PIN itself.')
  if (!only)
    throw refuse(`No door "${door ?? ''}" of this stay has a camera that reads QR codes.`, `There are: ${names}.`)
  if (others.length > 0) throw refuse('Several doors of this stay have a camera.', `Say which, with --door: ${names}.`)
  return only
}

const noCode = (booking: string) =>
  refuse(
    `There is no code in force for "${booking}".`,
    'Codes are made three days before a stay: stayward arrivals shows who has one.',
  )
