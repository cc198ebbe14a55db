import PurserStore
import SystemPackage

extension StoreConfiguration {
    init(reading settings: SettingsReader) {
        self.init()
        self.path = FilePath(settings.text("storage.path", default: self.path.string))
        self.createsWhenMissing = settings.boolean("storage.create", default: self.createsWhenMissing)
        self.inlineLimit = Int(
            settings.bytes("storage.inline_limit", default: Int64(self.inlineLimit), in: 0...(1 << 20))
        )
        self.collectGrace = settings.duration(
            "storage.collect_grace",
            default: self.collectGrace,
            in: .zero ... .seconds(365 * 86_400)
        )
        self.freeSpaceFloor = settings.optionalBytes("storage.free_space_floor", none: "auto", in: 0 ... .max)
        self.quota = settings.optionalBytes("storage.quota", none: "none", in: 1 ... .max)
        self.cacheBytes = Int(
            settings.bytes("storage.cache_size", default: Int64(self.cacheBytes), in: 0...(1 << 40))
        )
        self.accessTracking = settings.choice("storage.track_access", default: self.accessTracking)
        self.verifiesReads = settings.boolean("storage.verify_reads", default: self.verifiesReads)
    }
}
