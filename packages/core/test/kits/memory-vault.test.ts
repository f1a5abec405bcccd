import { describeVault } from '../../src/testing/kits/vault.ts'
import { memoryVault } from '../../src/testing/memory/memory-vault.ts'

describeVault('The memory', async () => {
  const vault = memoryVault()
  return { vault, elsewhere: vault, stranger: memoryVault() }
})
