// A view as a tree that both forms print.

struct ViewChapter: Hashable {
  var name: String
  var objects: [ViewObject]
}

/// One thing that a chapter is about.
struct ViewObject: Hashable {
  var name: String
  var sections: [ViewSection]
}

struct ViewSection: Hashable {
  var name: String
  var units: [ViewUnit]

  init(_ name: String, _ units: [ViewUnit]) {
    self.name = name
    self.units = units
  }
}

/// A label and what it says, which is never empty.
struct ViewUnit: Hashable {
  var name: String
  var value: String

  init(_ name: String, _ value: String) {
    self.name = name
    self.value = value
  }
}
