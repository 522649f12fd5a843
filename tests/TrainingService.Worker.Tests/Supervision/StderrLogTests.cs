using System.Text;
using TrainingService.Worker.Supervision;

namespace TrainingService.Worker.Tests.Supervision;

public sealed class StderrLogTests : IDisposable
{
    private readonly string _path = Path.GetTempFileName();

    public void Dispose() => File.Delete(_path);

    [Fact]
    public async Task The_file_has_everything_up_to_its_limit_then_the_last_64_KB_and_the_tail_those()
    {
        var lines = new List<string>();
        var text = string.Concat(Enumerable.Range(0, 20_000).Select(i => $"line {i:D6}\n")) + "last words";
        var log = new StderrLog(_path, maxFileBytes: 100_000, lines.Add);

        await log.PumpAsync(new MemoryStream(Encoding.UTF8.GetBytes(text)));

        var kept = await File.ReadAllTextAsync(_path, TestContext.Current.CancellationToken);
        Assert.StartsWith(text[..100_000], kept);
        Assert.EndsWith(log.Tail() + "\n", kept);
        Assert.Contains($"[… {text.Length - 100_000} bytes left out", kept);
        Assert.Equal(20_001, lines.Count);
        Assert.Equal(("line 000000", "last words"), (lines[0], lines[^1]));
        Assert.EndsWith("line 019999\nlast words", log.Tail());
        Assert.StartsWith("line ", log.Tail());
        Assert.InRange(log.Tail().Length, 65_000, 65_536);
    }

    [Fact]
    public async Task A_short_log_is_its_own_tail_and_a_long_line_is_cut_for_the_listener()
    {
        var lines = new List<string>();
        var log = new StderrLog(_path, maxFileBytes: 100_000, lines.Add);

        await log.PumpAsync(new MemoryStream(Encoding.UTF8.GetBytes("a\n" + new string('b', 5_000) + "\n")));

        Assert.Equal("a\n" + new string('b', 5_000), log.Tail());
        Assert.Equal(["a", new string('b', 2_000)], lines);
        Assert.False(log.IsEmpty);
    }
}
