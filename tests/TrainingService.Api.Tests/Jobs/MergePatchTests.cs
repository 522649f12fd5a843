using System.Text.Json;
using TrainingService.Api.Jobs;

namespace TrainingService.Api.Tests.Jobs;

public sealed class MergePatchTests
{
    /// <summary>The cases of RFC 7396, appendix A, then ours.</summary>
    [Theory]
    [InlineData("""{"a":"b"}""", """{"a":"c"}""", """{"a":"c"}""")]
    [InlineData("""{"a":"b"}""", """{"b":"c"}""", """{"a":"b","b":"c"}""")]
    [InlineData("""{"a":"b"}""", """{"a":null}""", "{}")]
    [InlineData("""{"a":"b","b":"c"}""", """{"a":null}""", """{"b":"c"}""")]
    [InlineData("""{"a":["b"]}""", """{"a":"c"}""", """{"a":"c"}""")]
    [InlineData("""{"a":"c"}""", """{"a":["b"]}""", """{"a":["b"]}""")]
    [InlineData("""{"a":{"b":"c"}}""", """{"a":{"b":"d","c":null}}""", """{"a":{"b":"d"}}""")]
    [InlineData("""{"a":[{"b":"c"}]}""", """{"a":[1]}""", """{"a":[1]}""")]
    [InlineData("""["a","b"]""", """["c","d"]""", """["c","d"]""")]
    [InlineData("""{"a":"b"}""", """["c"]""", """["c"]""")]
    [InlineData("""{"a":"foo"}""", "null", "null")]
    [InlineData("""{"a":"foo"}""", "\"bar\"", "\"bar\"")]
    [InlineData("""{"e":null}""", """{"a":1}""", """{"e":null,"a":1}""")]
    [InlineData("[1,2]", """{"a":"b","c":null}""", """{"a":"b"}""")]
    [InlineData("{}", """{"a":{"bb":{"ccc":null}}}""", """{"a":{"bb":{}}}""")]
    [InlineData("""{"a":9007199254740993,"b":1e-400}""", """{"b":1.0}""", """{"a":9007199254740993,"b":1.0}""")]
    [InlineData("""{"ü":{"x/y":1}}""", """{"ü":{"x/y":2,"~":3}}""", """{"ü":{"x/y":2,"~":3}}""")]
    public void A_patch_is_merged_as_the_standard_says(string target, string patch, string expected)
    {
        var merged = MergePatch.Apply(Json(target), Json(patch));
        Assert.True(JsonElement.DeepEquals(Json(expected), merged), merged.GetRawText());
    }

    [Fact]
    public void A_member_that_is_given_twice_stays_twice_for_the_reader_to_refuse()
    {
        var merged = MergePatch.Apply(Json("""{"a":1,"b":2}"""), Json("""{"a":3,"a":4}"""));
        Assert.Equal("""{"a":3,"a":4,"b":2}""", merged.GetRawText());
    }

    private static JsonElement Json(string text)
    {
        using var document = JsonDocument.Parse(text);
        return document.RootElement.Clone();
    }
}
