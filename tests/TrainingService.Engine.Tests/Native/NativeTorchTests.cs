using System.Buffers.Binary;
using System.Text;
using TrainingService.Engine.Native;

namespace TrainingService.Engine.Tests.Native;

public class NativeTorchTests
{
    private const string Version = "GLIBCXX_3.4.32";

    private static string Original => Path.Combine(AppContext.BaseDirectory, "libLibTorchSharp.so");

    [Fact]
    public void The_wrapper_that_is_loaded_is_the_original_or_a_copy_that_differs_in_one_flag()
    {
        var path = NativeTorch.WrapperPath;
        var (original, loaded) = (File.ReadAllBytes(Original), File.ReadAllBytes(path));
        Assert.Equal(original.Length, loaded.Length);
        Assert.Equal(path == Original ? 0 : 1, original.Zip(loaded).Count(pair => pair.First != pair.Second));
        Assert.Contains(path, File.ReadAllText("/proc/self/maps"), StringComparison.Ordinal);
    }

    [Fact]
    public void Marking_sets_the_weak_flag_of_the_one_version_and_nothing_else()
    {
        var image = File.ReadAllBytes(Original);
        var before = image.ToArray();
        ElfVersionNeeds.MarkWeak(image, Version);
        var changed = Enumerable.Range(0, image.Length).Where(i => image[i] != before[i]).ToList();
        var at = Assert.Single(changed);
        Assert.Equal(before[at] | 2, image[at]);
        // The flags stand 4 bytes into the entry, and the entry begins with the hash of the version's name.
        Assert.Equal(ElfHash(Version), BinaryPrimitives.ReadUInt32LittleEndian(image.AsSpan(at - 4)));
    }

    [Fact]
    public void A_copy_is_written_once_and_the_original_is_left_alone()
    {
        var folder = Directory.CreateTempSubdirectory("engine-tests-");
        var before = File.ReadAllBytes(Original);
        var copy = ElfVersionNeeds.WriteWeakCopy(Original, Version, folder.FullName);
        var written = File.GetLastWriteTimeUtc(copy);
        Assert.Equal(copy, ElfVersionNeeds.WriteWeakCopy(Original, Version, folder.FullName));
        Assert.Equal(written, File.GetLastWriteTimeUtc(copy));
        Assert.Equal(before, File.ReadAllBytes(Original));
        Assert.Single(folder.GetFiles("*", SearchOption.AllDirectories));

        File.WriteAllBytes(copy, [1, 2, 3]); // damaged: written again
        ElfVersionNeeds.WriteWeakCopy(Original, Version, folder.FullName);
        Assert.Equal(before.Length, new FileInfo(copy).Length);
        folder.Delete(recursive: true);
    }

    [Fact]
    public void Anything_else_is_refused()
    {
        Assert.Throws<BadImageFormatException>(() => ElfVersionNeeds.MarkWeak(Encoding.ASCII.GetBytes("not a library"), Version));
        Assert.Throws<BadImageFormatException>(() => ElfVersionNeeds.MarkWeak(File.ReadAllBytes(Original), "GLIBCXX_9.9.9"));
        var cut = File.ReadAllBytes(Original)[..4_096];
        Assert.Throws<BadImageFormatException>(() => ElfVersionNeeds.MarkWeak(cut, Version));
    }

    private static uint ElfHash(string name)
    {
        uint hash = 0;
        foreach (var letter in name)
        {
            hash = (hash << 4) + letter;
            var high = hash & 0xf0000000;
            hash = (hash ^ (high >> 24)) & ~high;
        }
        return hash;
    }
}
