using System.Diagnostics;
using TrainingService.Contracts.Expressions;
using TrainingService.Contracts.Shapes;

namespace TrainingService.Contracts.Tests.Expressions;

public sealed class ExpressionFuzzTests
{
    private static readonly string[] Inputs = ["y_true", "y_pred"];
    private static readonly Dictionary<string, double> Parameters = new() { ["delta"] = 0.5 };
    private static readonly Dictionary<string, ExpressionType> Types = new()
    {
        ["y_true"] = new(new Shape(null, 3), HasBatch: true), ["y_pred"] = new(new Shape(null, 3), HasBatch: true, HasGradient: true),
    };

    [Fact]
    public void A_hundred_thousand_texts_are_read_or_refused_at_a_place_in_them()
    {
        var random = new RandomExpressions(2026);
        var (read, refused) = (0, 0);
        for (var round = 0; round < 100_000; round++)
        {
            var text = random.Next();
            try
            {
                var type = TensorExpression.Parse(text, Inputs, Parameters).Check(Types);
                Assert.True(type.Shape.Rank <= 3 && (type.Shape.ElementsPerSample ?? 3) <= 9, $"{text} is {type.Shape}");
                read++;
            }
            catch (SpecException broken)
            {
                var place = int.Parse(broken.Message.Split(' ')[2].TrimEnd(':'));
                Assert.True(place >= 1 && place <= text.Length + 1, $"round {round}: {broken.Message} is not in {text}");
                Assert.Equal("expression", broken.Field);
                refused++;
            }
        }
        Assert.True(read > 10_000, $"only {read} were read");
        Assert.True(refused > 10_000, $"only {refused} were refused");
    }

    [Fact]
    public void The_slowest_texts_are_read_in_ten_milliseconds()
    {
        string[] slowest =
        [
            string.Join(" + ", Enumerable.Repeat("y_pred", 255)), new string('(', 60) + "y_pred" + new string(')', 60),
            string.Concat(Enumerable.Repeat("relu(", 60)) + "y_pred" + new string(')', 60), "1" + string.Concat(Enumerable.Repeat("+1", 240)) + "+y_pred",
            new string('(', 4_096), new string('-', 4_096), new string('1', 4_096), new string('z', 4_096), string.Concat(Enumerable.Repeat("q+", 2_000)), new string(' ', 4_096),
        ];
        foreach (var text in slowest)
            Read(text);
        foreach (var text in slowest)
        {
            // The machine may be busy with something else once, but not five times.
            var fastest = Enumerable.Range(0, 5).Min(_ =>
            {
                var clock = Stopwatch.StartNew();
                Read(text);
                return clock.Elapsed.TotalMilliseconds;
            });
            Assert.True(fastest <= 10, $"{text[..20]}… takes {fastest} ms");
        }
    }

    private static void Read(string text)
    {
        try
        {
            TensorExpression.Parse(text, Inputs, Parameters).Check(Types);
        }
        catch (SpecException broken)
        {
            Assert.StartsWith("at character ", broken.Message);
        }
    }
}
