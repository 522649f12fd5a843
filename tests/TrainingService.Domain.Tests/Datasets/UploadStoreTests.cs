using System.Security.Cryptography;
using System.Text;
using Microsoft.EntityFrameworkCore;
using TrainingService.Domain.Datasets;

namespace TrainingService.Domain.Tests.Datasets;

public sealed class UploadStoreTests(DomainFixture domain) : IClassFixture<DomainFixture>, IDisposable
{
    private readonly DatasetBench _bench = new(domain);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _bench.Dispose();

    [Fact]
    public async Task Parts_become_the_file_that_was_announced()
    {
        var upload = await AnnounceAsync("size,price\n1,2\n");

        Assert.Equal(new AppendResult(AppendOutcome.Appended, 5), await AppendAsync(upload.Id, 0, "size,"));
        Assert.Equal(new AppendResult(AppendOutcome.Appended, 11), await AppendAsync(upload.Id, 5, "price\n"));
        Assert.Equal(new AppendResult(AppendOutcome.Completed, 15), await AppendAsync(upload.Id, 11, "1,2\n"));

        using var whole = new StreamReader(_bench.Files.TryOpen(upload.Sha256)!);
        Assert.Equal("size,price\n1,2\n", await whole.ReadToEndAsync(Ct));
        Assert.True((await _bench.Uploads.FindAsync(upload.Id, Ct))!.Complete);
        await using var db = domain.OpenDb();
        Assert.False(await db.UploadParts.AnyAsync(part => part.UploadId == upload.Id, Ct));
    }

    [Fact]
    public async Task A18_what_came_before_the_sender_went_away_is_kept()
    {
        var upload = await AnnounceAsync("abcdefgh");

        await Assert.ThrowsAsync<CutPartException>(() => _bench.Uploads.AppendAsync(upload.Id, 0, new BreakingStream("abc"u8.ToArray()), Ct));

        Assert.Equal(3, (await _bench.Uploads.FindAsync(upload.Id, Ct))!.OffsetBytes);
        Assert.Equal(AppendOutcome.Completed, (await AppendAsync(upload.Id, 3, "defgh")).Outcome);
    }

    [Fact]
    public async Task A18_a_file_with_another_digest_is_thrown_away()
    {
        var upload = await _bench.Uploads.AddAsync("x", 3, new string('a', 64), Ct);

        Assert.Equal(AppendOutcome.Mismatch, (await AppendAsync(upload.Id, 0, "abc")).Outcome);

        Assert.Null(await _bench.Uploads.FindAsync(upload.Id, Ct));
    }

    [Fact]
    public async Task A18_parts_that_come_twice_at_once_are_taken_once()
    {
        var upload = await AnnounceAsync("abcdefgh");

        var results = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => AppendAsync(upload.Id, 0, "abcd")));

        Assert.Single(results, result => result.Outcome == AppendOutcome.Appended);
        Assert.All(results.Where(result => result.Outcome != AppendOutcome.Appended), result => Assert.Equal(new AppendResult(AppendOutcome.WrongOffset, 4), result));
        var ends = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => AppendAsync(upload.Id, 4, "efgh")));
        Assert.Contains(ends, end => end.Outcome == AppendOutcome.Completed);
        Assert.True((await _bench.Uploads.FindAsync(upload.Id, Ct))!.Complete);
    }

    [Fact]
    public async Task More_than_was_announced_is_not_taken()
    {
        var upload = await AnnounceAsync("abc");

        Assert.Equal(new AppendResult(AppendOutcome.TooLong, 0), await AppendAsync(upload.Id, 0, "abcd"));
        Assert.Equal(new AppendResult(AppendOutcome.WrongOffset, 0), await AppendAsync(upload.Id, 2, "c"));
        Assert.Equal(AppendOutcome.NotFound, (await AppendAsync(Guid.NewGuid(), 0, "abc")).Outcome);
    }

    [Fact]
    public async Task An_empty_file_is_complete_with_its_first_part()
    {
        var upload = await AnnounceAsync("");

        Assert.Equal(AppendOutcome.Completed, (await AppendAsync(upload.Id, 0, "")).Outcome);
    }

    [Fact]
    public async Task One_that_was_left_alone_goes_after_a_day()
    {
        var (old, young) = (await AnnounceAsync("old"), await AnnounceAsync("young"));
        await domain.ExecuteAsync($"UPDATE uploads SET updated_at = now() - interval '25 hours' WHERE id = '{old.Id}'", Ct);

        await _bench.Uploads.RemoveAbandonedAsync(Ct);

        Assert.Null(await _bench.Uploads.FindAsync(old.Id, Ct));
        Assert.NotNull(await _bench.Uploads.FindAsync(young.Id, Ct));
    }

    private Task<UploadState> AnnounceAsync(string content) => _bench.Uploads.AddAsync(
        "houses.csv", Encoding.UTF8.GetByteCount(content), Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(content))), Ct);

    private Task<AppendResult> AppendAsync(Guid id, long offset, string part) =>
        _bench.Uploads.AppendAsync(id, offset, new MemoryStream(Encoding.UTF8.GetBytes(part)), Ct);

    /// <summary>Gives its bytes, and then breaks as a connection does.</summary>
    private sealed class BreakingStream(byte[] bytes) : ReadOnceStream
    {
        private int _given;

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (_given == bytes.Length)
                throw new IOException("connection reset");
            buffer.Span[0] = bytes[_given++];
            return new ValueTask<int>(1);
        }
    }
}
