import SedaiFormat
import Testing

@testable import SedaiEngine

@Suite struct PageCacheTests {
  @Test func aPageThatWasBeingLoadedWhenItsPoolWentIsNotThatOfTheNextPool() throws {
    var cache = PageCache(pages: 8)
    let gone = PageKey.counts(.pool(PoolID(3)), 0)
    let kept = PageKey.counts(.pool(PoolID(4)), 0)
    let bytes = [UInt8](repeating: 7, count: 4096)
    let areBegun = [cache.beginLoad(gone), cache.beginLoad(kept)]
    #expect(areBegun == [true, true])
    cache.purge { PageKey.counts($0, areOf: PoolID(3)) }
    for key in [gone, kept] { try cache.endLoad(key, bytes) }
    let found = (gone: cache.find(gone), kept: cache.find(kept))
    #expect(found.gone == -1)
    #expect(found.kept >= 0)
    // The next pool's page is loaded as if nothing had been.
    let isBegun = cache.beginLoad(gone)
    #expect(isBegun)
  }
}
