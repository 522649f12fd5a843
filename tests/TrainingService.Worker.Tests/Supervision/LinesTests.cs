using System.Text;
using TrainingService.Worker.Supervision;

namespace TrainingService.Worker.Tests.Supervision;

public sealed class LinesTests
{
    [Fact]
    public async Task Lines_come_whole_however_they_are_cut_and_an_unfinished_last_one_does_not()
    {
        var text = Encoding.UTF8.GetBytes("one\n\nthree is longer than the first buffer\nunfinish");

        foreach (var piece in new[] { 1, 3, 7, text.Length })
            Assert.Equal(["one", "", "three is longer than the first buffer"], await ReadAsync(text, piece, maxBytes: 64));
    }

    [Fact]
    public async Task A_line_past_the_limit_is_refused()
    {
        var text = Encoding.UTF8.GetBytes(new string('x', 100) + "\n");

        await Assert.ThrowsAsync<InvalidDataException>(() => ReadAsync(text, 10, maxBytes: 64));
    }

    private static async Task<List<string>> ReadAsync(byte[] bytes, int piece, int maxBytes)
    {
        var lines = new List<string>();
        await foreach (var line in Lines.ReadAsync(new InPieces(bytes, piece), maxBytes, TestContext.Current.CancellationToken))
            lines.Add(Encoding.UTF8.GetString(line.Span));
        return lines;
    }

    /// <summary>Gives at most so many bytes at a time, as a pipe does.</summary>
    private sealed class InPieces(byte[] bytes, int piece) : MemoryStream(bytes)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            base.ReadAsync(buffer[..Math.Min(piece, buffer.Length)], cancellationToken);
    }
}
