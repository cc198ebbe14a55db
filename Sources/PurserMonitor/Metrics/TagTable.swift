/// The tag sets of one metric, each by a small number.
///
/// Sets that come when the table is full, or when the text of all tables together is too long, count as
/// ``MetricTags/other``. A set is never forgotten, since samples and labels refer to it.
struct TagTable {
    /// The number of the set without tags.
    static let none: UInt16 = 0
    /// The number of ``MetricTags/other``.
    static let other: UInt16 = 1

    private let limit: Int
    private let text: Budget
    private let subjectTag: String?
    private var numbers: [MetricTags: UInt16] = [.none: Self.none, .other: Self.other]
    /// The numbers of sets that have the subject's tag alone: the usual case, without making a set first.
    private var numbersBySubject: [String: UInt16] = [:]
    /// The sets by number.
    private(set) var sets: [MetricTags] = [.none, .other]
    /// The distinct subjects.
    private(set) var subjects: [String]
    /// The subject of each set, as an index of ``subjects``.
    private(set) var subjectOfSet: [UInt16]
    /// How often a set was counted as ``MetricTags/other``.
    private(set) var folded: UInt64 = 0

    /// - Parameters:
    ///   - limit: How many sets there may be, those of no tags and of the others apart.
    ///   - text: Bytes that the sets of all metrics may take together.
    ///   - subjectTag: The tag that names the subject.
    init(limit: Int, text: Budget, subjectTag: String?) {
        self.limit = limit
        self.text = text
        self.subjectTag = subjectTag
        self.subjects = subjectTag == nil ? [""] : ["", "other"]
        self.subjectOfSet = subjectTag == nil ? [0, 0] : [0, 1]
    }

    /// The number of a set that has the subject's tag alone; that of no tags where the metric has no such tag.
    mutating func number(ofSubject subject: String) -> UInt16 {
        if let known = self.numbersBySubject[subject] { return known }
        guard let subjectTag else { return Self.none }
        let number = self.number(of: MetricTags([subjectTag: subject]))
        if number != Self.other { self.numbersBySubject[subject] = number }
        return number
    }

    /// The number of a set.
    mutating func number(of tags: MetricTags) -> UInt16 {
        if let known = self.numbers[tags] { return known }
        guard self.sets.count - 2 < min(self.limit, Int(UInt16.max) - 2), self.text.take(tags.cost) else {
            self.folded += 1
            return Self.other
        }
        let number = UInt16(self.sets.count)
        self.numbers[tags] = number
        self.sets.append(tags)
        self.subjectOfSet.append(self.subjectIndex(of: tags))
        return number
    }

    private mutating func subjectIndex(of tags: MetricTags) -> UInt16 {
        guard let subjectTag, let subject = tags.value(of: subjectTag) else { return 0 }
        if let index = self.subjects.firstIndex(of: subject) { return UInt16(index) }
        self.subjects.append(subject)
        return UInt16(self.subjects.count - 1)
    }
}
