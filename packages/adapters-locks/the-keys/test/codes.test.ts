import { calm } from '@stayward/core/testing'
import { describe, expect, it } from 'vitest'
import { flat12, guestCode, kept, mark, open, ours, written } from './words.ts'

describe('a removal', () => {
  it.each(['null', 'status-404', 'http-404'] as const)('of a code that is gone already is quiet (%s)', async (how) => {
    const { provider, vendor } = open()
    vendor.state.switches.unknownShare = how
    const ref = await written(provider)
    vendor.deleteByHand(ref)
    expect(await provider.removeCode(flat12, ref, calm)).toEqual({ status: 'accepted' })
  })
  it('that the cloud denies while it still lists the code is a failure, and the code is still there', async () => {
    const { provider, vendor } = open()
    const ref = await written(provider)
    vendor.answerNext({ answer: 'status-in-200', status: 404, path: 'delete' })
    await expect(provider.removeCode(flat12, ref, calm)).rejects.toMatchObject({ code: 'refused' })
    expect(kept(vendor, ref)).toBeDefined()
  })
})

describe('an update', () => {
  it.each(['null', 'status-404', 'http-404'] as const)(
    'of a code that somebody deleted fails as gone (%s)',
    async (how) => {
      const { provider, vendor } = open()
      vendor.state.switches.unknownShare = how
      const ref = await written(provider)
      vendor.deleteByHand(ref)
      await expect(provider.writeCode(flat12, guestCode({ vendorRef: ref }), calm)).rejects.toMatchObject({
        code: 'gone',
      })
    },
  )
  it('that is answered with nothing is believed once the list shows the code', async () => {
    const { provider, vendor } = open()
    vendor.state.switches.updateAnswer = 'null'
    const ref = await written(provider)
    expect(await provider.writeCode(flat12, guestCode({ pin: '5831', vendorRef: ref }), calm)).toEqual({
      status: 'accepted',
      vendorRef: ref,
    })
    expect(kept(vendor, ref)?.code).toBe('5831')
  })
})

describe('the PIN', () => {
  it('keeps its leading zero', async () => {
    const { provider } = open()
    await written(provider, guestCode({ pin: '0007' }))
    expect((await ours(provider))?.pin).toBe('0007')
  })
  it('that the server keeps instead of ours is reported', async () => {
    const { provider, vendor } = open()
    vendor.state.switches.createdCode = 'other'
    const receipt = await provider.writeCode(flat12, guestCode(), calm)
    const [share] = vendor.state.shares.filter(({ description }) => description === mark)
    expect(receipt).toMatchObject({ status: 'accepted', pin: share?.code })
    expect(share?.code).not.toBe('0472')
  })
  it('that the answer does not mention is ours', async () => {
    const { provider, vendor } = open()
    vendor.state.switches.createdCode = 'missing'
    expect(await provider.writeCode(flat12, guestCode(), calm)).not.toHaveProperty('pin')
  })
  it.each(['status-400', 'http-409'] as const)(
    'that another code has is refused where the cloud refuses it (%s)',
    async (how) => {
      const { provider, vendor } = open()
      vendor.state.switches.duplicatePins = how
      const receipt = await provider.writeCode(flat12, guestCode({ pin: '8642' }), calm)
      expect(receipt).toMatchObject({ status: 'refused', reason: how === 'http-409' ? 'pin-taken' : 'pin-not-allowed' })
      expect(JSON.stringify(receipt)).not.toContain('8642')
      expect(await ours(provider)).toBeUndefined()
    },
  )
  it.each(['472', '04721', '04 2', '٠٤٧٢', ''])('"%s" is refused without a request', async (pin) => {
    const { provider, wire } = open()
    expect(await provider.writeCode(flat12, guestCode({ pin }), calm)).toMatchObject({
      status: 'refused',
      reason: 'pin-not-allowed',
    })
    expect(wire.calls).toEqual([])
  })
})

describe('the label', () => {
  it('is cut to 50 characters, whole ones', async () => {
    const { provider } = open()
    await written(provider, guestCode({ label: `${'a'.repeat(49)}🦊🦊` }))
    expect((await ours(provider))?.label).toBe(`${'a'.repeat(49)}🦊`)
  })
  it('that is empty shows who made the code, and is read back as empty', async () => {
    const { provider, vendor } = open()
    const ref = await written(provider, guestCode({ label: '' }))
    expect(kept(vendor, ref)?.nom).toBe('Stayward')
    expect((await ours(provider))?.label).toBe('')
  })
})

describe('drift of the interface', () => {
  const withRows = (change: (row: Record<string, unknown>) => void) => {
    const opened = open()
    const respond = opened.vendor.respond.bind(opened.vendor)
    Object.assign(opened.vendor, {
      respond: async (request: Request) => {
        const answer = await respond(request)
        if (!request.url.includes('partage/all')) return answer
        const body = (await answer.json()) as { data: { partages_accessoire: Record<string, unknown>[] } } // the fake's own answer
        body.data.partages_accessoire.forEach(change)
        return Response.json(body)
      },
    })
    return opened.provider
  }
  it.each(['description', 'accessoire', 'id'])('a list without "%s" is not believed', async (field) => {
    const provider = withRows((row) => delete row[field])
    await expect(provider.readCodes(flat12, calm)).rejects.toMatchObject({
      code: 'bad-response',
      message: expect.stringContaining(field),
    })
  })
  it.each(['nom', 'actif', 'code', 'iddesc', 'horaires', 'date_debut', 'heure_fin'])(
    'a list without "%s" says less',
    async (field) => {
      const provider = withRows((row) => delete row[field])
      expect(await provider.readCodes(flat12, calm)).toHaveLength(2)
    },
  )
  it.each([[[]], ['text'], [{ partages_accessoire: {} }]])(
    'a list with %j as its data is not believed',
    async (data) => {
      const opened = open()
      const respond = opened.vendor.respond.bind(opened.vendor)
      Object.assign(opened.vendor, {
        respond: async (request: Request) =>
          request.url.includes('partage/all') ? Response.json({ status: 200, data }) : await respond(request),
      })
      await expect(opened.provider.readCodes(flat12, calm)).rejects.toMatchObject({ code: 'bad-response' })
    },
  )
  it('a list whose arrays are missing or null is empty, for that is how the cloud shows none', async () => {
    for (const data of [{}, { partages_accessoire: null }]) {
      const opened = open()
      const respond = opened.vendor.respond.bind(opened.vendor)
      Object.assign(opened.vendor, {
        respond: async (request: Request) =>
          request.url.includes('partage/all') ? Response.json({ status: 200, data }) : await respond(request),
      })
      expect(await opened.provider.readCodes(flat12, calm)).toEqual([])
    }
  })
})
