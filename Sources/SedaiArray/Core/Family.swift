import SedaiFormat
import SedaiModel

/// The generations and link volumes of one base volume, kept in the orders that operations
/// ask for, so that taking a snapshot costs the same with one generation and with thousands.
struct Family: Sendable {
  private(set) var links: [VolumeID] = []
  /// All generations, in the order of building.
  private(set) var generations: [Place] = []
  /// Those that hold no snapshot, in the order of building.
  private(set) var vacant: [Place] = []
  /// Those that hold one, oldest first.
  private(set) var active: [Aged] = []

  struct Place: Hashable, Sendable {
    var number: Int
    var volume: VolumeID
  }
  struct Aged: Hashable, Sendable {
    var image: ImageID
    var volume: VolumeID
  }

  var isEmpty: Bool { links.isEmpty && generations.isEmpty }

  /// The generation of relative age 1 (newest)…
  func generation(age: Int) -> VolumeID? {
    age >= 1 && age <= active.count ? active[active.count - age].volume : nil
  }

  /// 1 for the newest; nil without snapshot.
  func age(of image: ImageID) -> Int? {
    let place = active.partitionPoint { $0.image >= image }
    guard place < active.count, active[place].image == image else { return nil }
    return active.count - place
  }

  func generation(number: Int) -> VolumeID? {
    let place = generations.partitionPoint { $0.number >= number }
    guard place < generations.count, generations[place].number == number else { return nil }
    return generations[place].volume
  }

  /// Generations with a snapshot newer than `image`.
  func newer(than image: ImageID) -> ArraySlice<Aged> {
    active[active.partitionPoint { $0.image > image }...]
  }

  mutating func insert(_ disk: Disk) {
    switch disk.body {
    case .volume: break
    case .link: links.append(disk.id)
    case .snapshot(let snapshot):
      let place = Place(number: snapshot.generation, volume: disk.id)
      generations.insert(
        place, at: generations.partitionPoint { $0.number >= place.number })
      if let active = snapshot.active {
        let aged = Aged(image: active.image, volume: disk.id)
        self.active.insert(aged, at: self.active.partitionPoint { $0.image >= aged.image })
      } else {
        vacant.insert(place, at: vacant.partitionPoint { $0.number >= place.number })
      }
    }
  }

  mutating func remove(_ disk: Disk) {
    switch disk.body {
    case .volume: break
    case .link: links.removeAll { $0 == disk.id }
    case .snapshot(let snapshot):
      let number = snapshot.generation
      let place = generations.partitionPoint { $0.number >= number }
      if place < generations.count, generations[place].volume == disk.id {
        generations.remove(at: place)
      }
      if let active = snapshot.active {
        let aged = self.active.partitionPoint { $0.image >= active.image }
        if aged < self.active.count, self.active[aged].volume == disk.id {
          self.active.remove(at: aged)
        }
      } else {
        let free = vacant.partitionPoint { $0.number >= number }
        if free < vacant.count, vacant[free].volume == disk.id { vacant.remove(at: free) }
      }
    }
  }
}

extension Array {
  /// The first place whose element satisfies `isBeyond`, in an array where all such elements
  /// come last.
  /// - Complexity: O(log count).
  func partitionPoint(_ isBeyond: (Element) -> Bool) -> Int {
    var low = 0
    var high = count
    while low < high {
      let middle = low + (high - low) / 2
      if isBeyond(self[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
